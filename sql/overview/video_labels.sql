-- Which template and split does each video have, and what did decoding find?
--
-- One row per video. event_neighbours also has template_id and split, for every event.
-- split: the published split, or unassigned for a video in none.
-- width: width of the picture in pixels; null where the video was not decoded.
-- height: height of the picture in pixels; null where the video was not decoded.
-- frame_count: frames of the video; null where it was not decoded to its end.
-- duration_s: seconds from the first timestamp to the last, plus a median step; null where not decoded to the end.
select
    videos.video_id,
    videos.template_id,
    templates.template,
    coalesce(splits.split, unassigned()) as split,
    videos.width,
    videos.height,
    videos.frame_count,
    videos.duration_s,
    videos.time_source
from videos
left join templates using (template_id)
left join splits using (video_id)

-- Which annotated frames are missing from the frame index?
--
-- One row per annotated frame that has no row in frame_index, though its video does not end before it.
-- level: error
select distinct
    events.video_id,
    events.frame_number,
    videos.frame_count
from events
left join videos using (video_id)
anti join frame_index using (video_id, frame_number)
where videos.frame_count is null or events.frame_number < videos.frame_count

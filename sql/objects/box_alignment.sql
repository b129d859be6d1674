-- Do the frame numbers of a video's boxes fit the frames that were decoded?
--
-- One row per video with boxes.
-- boxes: its boxes.
-- last_boxed_frame: the last frame with a box.
-- boxes_aligned: whether they end with the video, or at most known_box_gap() frames before; null while that is unknown.
--
-- The boxes were made at 12 frames a second, on files that may differ from other encodings of the same video.
-- Annotators left out up to 12 frames at the end of a video.
with ends as (
    select
        video_id,
        count(*) as boxes,
        max(frame_number) as last_boxed_frame
    from boxes
    group by video_id
)

select
    ends.video_id,
    ends.boxes,
    ends.last_boxed_frame,
    videos.frame_count,
    videos.frame_count - ends.last_boxed_frame - 1 between 0 and known_box_gap() as boxes_aligned
from ends
left join videos using (video_id)

-- Which videos have boxes that do not fit their decoded frames?
--
-- One row per video whose boxes were made on another encoding; distances exclude them.
-- level: warning
-- frame_count: frames of the video.
select
    video_id,
    last_boxed_frame,
    frame_count
from box_alignment
where not boxes_aligned

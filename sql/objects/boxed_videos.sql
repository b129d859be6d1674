-- Which videos have boxes, and do the boxes' frame numbers fit the frames that were decoded?
--
-- One row per video with boxes.
-- boxes: its boxes.
-- boxed_frames: frames with at least one box.
-- last_boxed_frame: the last of them.
-- boxes_aligned: whether they end with the video, or at most known_box_gap() frames before; null while that is unknown.
--
-- The boxes were made at 12 frames a second, on files that may differ from other encodings of the same video.
-- Annotators left out up to 12 frames at the end of a video.
select
    boxes.video_id,
    count(*) as boxes,
    count(distinct boxes.frame_number) as boxed_frames,
    max(boxes.frame_number) as last_boxed_frame,
    any_value(labels.frame_count) as frame_count,
    any_value(labels.frame_count) - max(boxes.frame_number) - 1 between 0 and known_box_gap() as boxes_aligned
from boxes
left join video_labels as labels using (video_id)
group by boxes.video_id

-- Which videos have boxes, and do the boxes' frame numbers fit the frames that were decoded?
--
-- One row per video with boxes.
-- boxed_frames: frames with at least one box.
--
-- box_alignment says when boxes are aligned, and answers in a fraction of the time.
with frames as (
    select
        video_id,
        count(distinct frame_number) as boxed_frames
    from boxes
    group by video_id
)

select
    ends.video_id,
    ends.boxes,
    frames.boxed_frames,
    ends.last_boxed_frame,
    ends.frame_count,
    ends.boxes_aligned
from box_alignment as ends
inner join frames using (video_id)

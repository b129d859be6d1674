-- Which events may lie on another picture than the annotated one, because their video is damaged?
--
-- One row per event of a video whose extraction met damage.
-- level: warning
-- detail: what was damaged, and from which frame on, if that is known.
--
-- A lost picture moves all later frames to smaller numbers; events before the damage are not affected.
select
    events.video_id,
    events.event_index,
    events.frame_number,
    problems.detail
from events
inner join extraction_problems as problems using (video_id)
where problems.reason = 'damaged'

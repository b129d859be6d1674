-- In which videos are the events not numbered 0, 1, 2 and so on, though no record was set aside?
--
-- One row per video whose event_index (the published position) does not run from 0 without gaps.
-- level: error
-- events: its events.
-- first_event_index: the smallest event_index; expected 0.
-- last_event_index: the largest event_index; expected events - 1.
--
-- If --quarantine set events aside, the others keep their published positions, so gaps are expected: a build with
-- rejects is not checked.
select
    video_id,
    count(*) as events,
    min(event_index) as first_event_index,
    max(event_index) as last_event_index
from events
where not exists (from rejects)
group by video_id
having min(event_index) <> 0 or max(event_index) <> count(*) - 1

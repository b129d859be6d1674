-- Do predictions come too early or too late, and by how much?
--
-- One row per file of predictions, action and error in frames, for the events found within 4 frames.
-- predictions: the file of predictions.
-- frame_error: predicted frame minus annotated frame; below 0 is too early.
-- events: events that are found with this error.
-- share: part of the file's and action's events that are found, from 0 to 1.
with counts as (
    select
        predictions,
        action,
        frame_error,
        count(*) as events
    from event_matches
    where tolerance_frames = 4 and is_found
    group by all
)

select
    predictions,
    action,
    frame_error,
    events,
    events / sum(events) over (partition by predictions, action) as share
from counts
order by predictions, action, frame_error

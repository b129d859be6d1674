-- How far from the annotated point are the predicted points?
--
-- One row per file of predictions, action and step of 10 pixels, for the events found within 4 frames.
-- predictions: the file of predictions.
-- from_px: the step's lower edge; its upper edge is 10 pixels more and belongs to the next step.
-- events: events whose predicted point is that far away.
-- share: part of the file's and action's events that are found with a point, from 0 to 1.
with counts as (
    select
        predictions,
        action,
        (floor(px_error / 10) * 10)::integer as from_px,
        count(*) as events
    from event_matches
    where tolerance_frames = 4 and px_error is not null
    group by all
)

select
    predictions,
    action,
    from_px,
    events,
    events / sum(events) over (partition by predictions, action) as share
from counts
order by predictions, action, from_px

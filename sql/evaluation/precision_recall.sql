-- How does precision fall as recall grows?
--
-- One row per file of predictions, action, tolerance and found event, by falling score.
-- predictions: the file of predictions.
-- tolerance_frames: how far a prediction may be from its event.
-- found: events found so far.
-- recall: part of the action's events found so far, in percent.
-- precision: part of the predictions so far that find an event, or that of any later hit if it is higher; in percent.
with long_matches as (
    unpivot prediction_matches
    on event_index_within_0, event_index_within_1, event_index_within_2, event_index_within_4
    into name tolerance value event_index
),

hits as (
    select
        predictions,
        action,
        row,
        right(tolerance, 1)::integer as tolerance_frames
    from long_matches
),

ranks as (
    select
        predictions,
        action,
        row,
        row_number() over (partition by predictions, action order by score desc, row asc) as place
    from prediction_matches
),

totals as (
    select
        predictions,
        action,
        tolerance_frames,
        count(*) as events
    from event_matches
    group by all
),

precisions as (
    select
        hits.predictions,
        hits.action,
        hits.tolerance_frames,
        ranks.place,
        row_number() over found_so_far as found
    from hits
    inner join ranks on hits.predictions = ranks.predictions and hits.row = ranks.row
    window found_so_far as (partition by hits.predictions, hits.action, hits.tolerance_frames order by ranks.place)
)

select
    precisions.predictions,
    precisions.action,
    precisions.tolerance_frames,
    precisions.found,
    100 * precisions.found / totals.events as recall,
    max(100 * precisions.found / precisions.place) over (
        partition by precisions.predictions, precisions.action, precisions.tolerance_frames
        order by precisions.found desc
    ) as precision
from precisions
inner join totals using (predictions, action, tolerance_frames)
order by precisions.predictions, precisions.action, precisions.tolerance_frames, precisions.found

-- Which videos are the worst?
--
-- One row per file of predictions and video, those with the most missed events and false alarms first.
-- predictions: the file of predictions.
-- events: the video's selected events.
-- missed: those that no prediction finds within 4 frames.
-- false_alarms: predictions that find no event within 4 frames.
with missed as (
    select
        predictions,
        video_id,
        template,
        split,
        count(*) as events,
        count(*) filter (where not is_found) as missed
    from event_matches
    where tolerance_frames = 4
    group by all
),

false_alarms as (
    select
        predictions,
        video_id,
        count(*) as false_alarms
    from prediction_matches
    where event_index_within_4 is null
    group by all
)

select
    missed.predictions,
    missed.video_id,
    missed.template,
    missed.split,
    missed.events,
    missed.missed,
    coalesce(false_alarms.false_alarms, 0) as false_alarms
from missed
left join false_alarms on missed.predictions = false_alarms.predictions and missed.video_id = false_alarms.video_id
order by missed.predictions asc, missed.missed desc, false_alarms desc, missed.video_id asc

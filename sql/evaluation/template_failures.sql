-- Which templates have the lowest recall?
--
-- One row per file of predictions, template and tolerance, the lowest recall first.
-- predictions: the file of predictions.
-- tolerance_frames: how far a prediction may be from its event.
-- events: the template's events.
-- found: those that a prediction finds.
-- recall: part of the events that is found, in percent.
-- median_error_frames: median distance of the found events' predictions, in frames; null if no event is found.
select
    predictions,
    template,
    tolerance_frames,
    count(*) as events,
    count(*) filter (where is_found) as found,
    100 * count(*) filter (where is_found) / count(*) as recall,
    median(abs(frame_error)) as median_error_frames
from event_matches
group by all
order by predictions asc, tolerance_frames asc, recall asc, events desc, template asc

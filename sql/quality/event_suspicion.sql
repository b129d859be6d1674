-- How strong is the evidence against each event: the score of a suspect, part by part?
--
-- One row per event.
--
-- rated_events has the signals along with the parts.
select
    video_id,
    event_index,
    outside_part,
    past_end_part,
    double_part,
    exchanged_part,
    frame_part,
    place_part,
    gap_part,
    shift_part,
    order_part,
    box_part,
    score
from rated_events

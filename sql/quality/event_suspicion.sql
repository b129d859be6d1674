-- How much speaks against each event: the score of a suspect, part by part?
--
-- One row per event.
-- outside_part: 10 where the point lies outside the picture.
-- past_end_part: 10 where the frame lies after the last one.
-- double_part: 6 on the point of an earlier published event of the same moment, falling to 0 at 20 pixels from it.
-- exchanged_part: how much better the point would fit with x and y exchanged, 4 at most beside either distribution.
-- frame_part: what frame_deviation exceeds 2.5 by, 3 at most.
-- place_part: what place_deviation exceeds 2.5 by, 3 at most.
-- gap_part: half of what gap_deviation exceeds 2 by, 1.5 at most.
-- shift_part: half of what shift_deviation exceeds 2 by, 1.5 at most.
-- order_part: 0.2 where the agent's action repeats the one before or a release has no contact before it.
-- box_part: the distance to the nearest box in units of far_from_box_px(), 4 at most.
-- score: the sum of the parts.
--
-- The weights were chosen by planting faults into published labels, see docs/review.md.
select
    video_id,
    event_index,
    if(is_outside, 10, 0)::double as outside_part,
    if(is_past_end, 10, 0)::double as past_end_part,
    if(double_distance_px < 20, 6 * (1 - double_distance_px / 20), 0) as double_part,
    if(exchanged_deviation < place_deviation, least(4, place_deviation - exchanged_deviation), 0)
    + if(exchanged_shift_deviation < shift_deviation, least(4, shift_deviation - exchanged_shift_deviation), 0)
        as exchanged_part,
    if(abs(frame_deviation) > 2.5, least(3, abs(frame_deviation) - 2.5), 0) as frame_part,
    if(place_deviation > 2.5, least(3, place_deviation - 2.5), 0) as place_part,
    if(gap_deviation > 2, least(3, gap_deviation - 2) / 2, 0) as gap_part,
    if(shift_deviation > 2, least(3, shift_deviation - 2) / 2, 0) as shift_part,
    if(repeats_event_index is not null or is_first_release, 0.2, 0)::double as order_part,
    if(box_distance_px is not null, least(4, box_distance_px / far_from_box_px()), 0) as box_part,
    outside_part + past_end_part + double_part + exchanged_part + frame_part + place_part + gap_part + shift_part
    + order_part + box_part as score
from event_signals

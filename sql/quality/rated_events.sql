-- What evidence is there against each event, and how strong is it: the signals and the parts of the score?
--
-- One row per event. A null means that there is nothing to compare with.
-- outside_part: 10 where the point lies outside the picture.
-- past_end_part: 10 where the frame lies after the last one.
-- double_part: 6 on the point of an earlier published event of the same moment, falling to 0 at 20 pixels from it.
-- exchanged_part: how much better the point would fit with x and y exchanged, at most 4 for each distribution.
-- frame_part: what frame_deviation exceeds 2.5 by, 3 at most.
-- place_part: what place_deviation exceeds 2.5 by, 3 at most.
-- gap_part: half of what gap_deviation exceeds 2 by, 1.5 at most.
-- shift_part: half of what shift_deviation exceeds 2 by, 1.5 at most.
-- order_part: 0.2 where the agent's action repeats the one before or a release has no contact before it.
-- box_part: the distance to the nearest box in units of far_from_box_px() pixels, 4 at most.
-- score: the sum of the parts.
--
-- The weights were chosen by planting faults into published labels, see docs/review.md.
select
    video_id,
    event_index,
    action,
    agent,
    template,
    split,
    frame_number,
    point_x,
    point_y,
    compared_with,
    compared_events,
    median_frame,
    median_x,
    median_y,
    frame_deviation,
    place_deviation,
    exchanged_deviation,
    relation_event_index,
    relation_gap_frames,
    relation_distance_px,
    gap_deviation,
    shift_deviation,
    exchanged_shift_deviation,
    double_event_index,
    double_gap_frames,
    double_distance_px,
    repeats_event_index,
    is_first_release,
    is_outside,
    is_past_end,
    box_distance_px,
    (case when is_outside then 10 else 0 end)::double as outside_part,
    (case when is_past_end then 10 else 0 end)::double as past_end_part,
    case when double_distance_px < 20 then 6 * (1 - double_distance_px / 20) else 0 end as double_part,
    case when exchanged_deviation < place_deviation then least(4, place_deviation - exchanged_deviation) else 0 end
    + case
        when
            exchanged_shift_deviation < shift_deviation
            then least(4, shift_deviation - exchanged_shift_deviation)
        else 0
    end
        as exchanged_part,
    case when abs(frame_deviation) > 2.5 then least(3, abs(frame_deviation) - 2.5) else 0 end as frame_part,
    case when place_deviation > 2.5 then least(3, place_deviation - 2.5) else 0 end as place_part,
    case when gap_deviation > 2 then least(3, gap_deviation - 2) / 2 else 0 end as gap_part,
    case when shift_deviation > 2 then least(3, shift_deviation - 2) / 2 else 0 end as shift_part,
    (case when repeats_event_index is not null or is_first_release then 0.2 else 0 end)::double as order_part,
    case when box_distance_px is not null then least(4, box_distance_px / far_from_box_px()) else 0 end as box_part,
    outside_part + past_end_part + double_part + exchanged_part + frame_part + place_part + gap_part + shift_part
    + order_part + box_part as score
from event_signals

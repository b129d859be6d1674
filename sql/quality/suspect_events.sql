-- Which events deserve a second look, and why?
--
-- One row per event, the highest score first; the score is 0 if there is no evidence against it.
-- other_event_index: event_index of the event to compare it with: its double, else the one that it fits best.
-- reasons: the parts in a sentence.
--
-- A suspect is not a verdict. docs/review.md says how good the order is.
with explained as (
    select
        *,
        case when double_part > 0 then double_event_index else relation_event_index end as other_event_index,
        concat_ws(
            '; ',
            case when outside_part > 0 then format('the point ({}, {}) lies outside the picture', point_x, point_y) end,
            case when past_end_part > 0 then format('frame {} lies after the last one', frame_number) end,
            case when double_part > 0 then format(
                'event {} may be the same {}: frames apart {}, pixels apart {:.0f}',
                double_event_index, action, double_gap_frames, double_distance_px
            ) end,
            case
                when
                    exchanged_part > 0
                    then format('with x and y exchanged, ({}, {}) would fit better', point_y, point_x)
            end,
            case when frame_part > 0 then format(
                'frame {} is {:.1f} spreads from the median {:.0f} of {} events of this {}',
                frame_number, abs(frame_deviation), median_frame, compared_events, compared_with
            ) end,
            case when place_part > 0 then format(
                'the point is {:.1f} spreads from the median ({:.0f}, {:.0f}) of {} events of this {}',
                place_deviation, median_x, median_y, compared_events, compared_with
            ) end,
            case when gap_part > 0 then format(
                'its distance from event {1} in time, {0} frames, is {2:.1f} spreads from what is usual',
                relation_gap_frames, relation_event_index, gap_deviation
            ) end,
            case when shift_part > 0 then format(
                'its way from event {1}, {0:.0f} pixels, is {2:.1f} spreads from what is usual',
                relation_distance_px, relation_event_index, shift_deviation
            ) end,
            case
                when
                    repeats_event_index is not null
                    then
                        format('a {} follows the {} of event {} by the same agent', action, action, repeats_event_index)
            end,
            case when is_first_release then 'released what this agent had not touched' end,
            case
                when box_part > 0 then format('{:.0f} pixels from every box of a hand or an object', box_distance_px)
            end
        ) as reasons
    from rated_events
)

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
    score,
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
    other_event_index,
    compared_with,
    compared_events,
    median_frame,
    median_x,
    median_y,
    reasons
from explained
order by score desc, video_id asc, event_index asc

-- Is each event where the other events of its video lead one to expect it, in time and place?
--
-- One row per event and other event of its video.
-- other_event_index: event_index of the other event.
-- gap_frames: frames from the other event to this one; negative where this one is earlier.
-- distance_px: pixels between the two points.
-- gap_deviation: how far gap_frames is from the median of these pairs, in units of the spread.
-- shift_deviation: how far the shift from point to point is from their median shift, each axis in units of its spread.
-- exchanged_deviation: what shift_deviation would be if x and y of this event were exchanged.
--
-- The spread is that of usual_relations. If a video has two events, the relation does not say which of them is wrong.
with kinds as (
    select
        action,
        agent,
        row_number() over () as kind
    from events
    group by action, agent
),

placed as (
    select
        events.video_id,
        events.event_index,
        events.template_id,
        events.frame_number,
        events.point_x,
        events.point_y,
        kinds.kind
    from event_neighbours as events
    inner join kinds using (action, agent)
),

relations as (
    select
        usual_relations.*,
        kinds.kind,
        other_kinds.kind as other_kind
    from usual_relations
    inner join kinds using (action, agent)
    inner join kinds as other_kinds
        on usual_relations.other_action = other_kinds.action and usual_relations.other_agent = other_kinds.agent
),

-- A pair is counted once: from its other event, the way is the opposite one.
usual as (
    select
        template_id,
        kind,
        other_kind,
        compared_pairs,
        median_gap_frames,
        median_shift_x,
        median_shift_y,
        spread_gap_frames,
        spread_shift_x,
        spread_shift_y
    from relations
    union all
    select
        template_id,
        other_kind as kind,
        kind as other_kind,
        compared_pairs,
        -median_gap_frames as median_gap_frames,
        -median_shift_x as median_shift_x,
        -median_shift_y as median_shift_y,
        spread_gap_frames,
        spread_shift_x,
        spread_shift_y
    from relations
    where kind != other_kind
),

deviations as (
    select
        this.video_id,
        this.event_index,
        other.event_index as other_event_index,
        this.frame_number - other.frame_number as gap_frames,
        this.point_x - other.point_x as shift_x,
        this.point_y - other.point_y as shift_y,
        usual.compared_pairs,
        (gap_frames - usual.median_gap_frames) / usual.spread_gap_frames as gap,
        (shift_x - usual.median_shift_x) / usual.spread_shift_x as x,
        (shift_y - usual.median_shift_y) / usual.spread_shift_y as y,
        (this.point_y - other.point_x - usual.median_shift_x) / usual.spread_shift_x as exchanged_x,
        (this.point_x - other.point_y - usual.median_shift_y) / usual.spread_shift_y as exchanged_y
    from placed as this
    inner join placed as other on this.video_id = other.video_id and this.event_index != other.event_index
    inner join usual
        on this.template_id = usual.template_id and this.kind = usual.kind and other.kind = usual.other_kind
)

-- Products, for powers take several times as long.
select
    video_id,
    event_index,
    other_event_index,
    gap_frames,
    sqrt(shift_x * shift_x + shift_y * shift_y) as distance_px,
    compared_pairs,
    abs(gap) as gap_deviation,
    sqrt(x * x + y * y) as shift_deviation,
    sqrt(exchanged_x * exchanged_x + exchanged_y * exchanged_y) as exchanged_deviation
from deviations

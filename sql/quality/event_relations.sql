-- Does each event lie where the other events of its video let expect it, in time and place?
--
-- One row per event and other event of its video.
-- other_event_index: event_index of the other event.
-- gap_frames: frames from the other event to this one; negative where this one is earlier.
-- distance_px: pixels between the two points.
-- gap_deviation: how far gap_frames lies from the median of these pairs, in units of the spread.
-- shift_deviation: how far the way from point to point lies from their median way, each axis in units of its spread.
-- exchanged_deviation: what shift_deviation would be if x and y of this event were exchanged.
--
-- The spread is that of event_outliers. Of a video with two events the relation does not say which of them is wrong.
with kinds as (
    select
        action,
        agent,
        row_number() over (order by action, agent) as kind
    from events
    group by action, agent
),

placed as (
    select
        events.*,
        kinds.kind
    from event_neighbours as events
    inner join kinds using (action, agent)
),

usual as (
    select
        usual_relations.*,
        one.kind,
        other.kind as other_kind
    from usual_relations
    inner join kinds as one on usual_relations.action = one.action and usual_relations.agent = one.agent
    inner join kinds as other
        on usual_relations.other_action = other.action and usual_relations.other_agent = other.agent
)

select
    this.video_id,
    this.event_index,
    other.event_index as other_event_index,
    this.frame_number - other.frame_number as gap_frames,
    sqrt((this.point_x - other.point_x) ** 2 + (this.point_y - other.point_y) ** 2) as distance_px,
    usual.compared_pairs,
    abs(this.frame_number - other.frame_number - usual.median_gap_frames) / usual.spread_gap_frames as gap_deviation,
    sqrt(
        ((this.point_x - other.point_x - usual.median_shift_x) / usual.spread_shift_x) ** 2
        + ((this.point_y - other.point_y - usual.median_shift_y) / usual.spread_shift_y) ** 2
    ) as shift_deviation,
    sqrt(
        ((this.point_y - other.point_x - usual.median_shift_x) / usual.spread_shift_x) ** 2
        + ((this.point_x - other.point_y - usual.median_shift_y) / usual.spread_shift_y) ** 2
    ) as exchanged_deviation
from placed as this
inner join placed as other on this.video_id = other.video_id and this.event_index != other.event_index
inner join usual
    on this.template_id = usual.template_id and this.kind = usual.kind and other.kind = usual.other_kind

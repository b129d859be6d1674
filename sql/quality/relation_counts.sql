-- How often do two events of a video lie so far from each other, in frames, to the right and down?
--
-- One row per template, action, agent, other action, other agent, measure and amount that occurs.
-- other_action: action of the other event.
-- other_agent: agent of the other event.
-- measure: gap_frames, frames from the other event to this one; shift_x or shift_y, pixels from point to point.
-- amount: so many frames, pixels to the right, or pixels down; negative the other way.
-- pairs: ordered pairs of events with this amount.
--
-- Every two events of a video are two pairs, each from the other. usual_relations has medians and spreads.
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
        events.video_id,
        events.event_index,
        events.template_id,
        events.frame_number,
        events.point_x,
        events.point_y,
        kinds.kind
    from event_neighbours as events
    inner join kinds using (action, agent)
    where events.template_id is not null
),

counts as (
    select
        this.template_id,
        this.kind,
        other.kind as other_kind,
        this.frame_number - other.frame_number as gap_frames,
        this.point_x - other.point_x as shift_x,
        this.point_y - other.point_y as shift_y,
        count(*) as pairs
    from placed as this
    inner join placed as other on this.video_id = other.video_id and this.event_index != other.event_index
    group by
        grouping sets (
            (this.template_id, this.kind, other.kind, gap_frames),
            (this.template_id, this.kind, other.kind, shift_x),
            (this.template_id, this.kind, other.kind, shift_y)
        )
)

select
    counts.template_id,
    one.action,
    one.agent,
    other.action as other_action,
    other.agent as other_agent,
    case
        when counts.gap_frames is not null then 'gap_frames' when counts.shift_x is not null then 'shift_x'
        else 'shift_y'
    end as measure,
    coalesce(counts.gap_frames, counts.shift_x, counts.shift_y) as amount,
    counts.pairs
from counts
inner join kinds as one on counts.kind = one.kind
inner join kinds as other on counts.other_kind = other.kind

-- How far apart are two events of a video usually, in time and place?
--
-- One row per template, action, agent, other action and other agent of which a video has two events.
-- other_action: action of the other event.
-- other_agent: agent of the other event.
-- compared_pairs: pairs of the same two actions and agents, in videos of the template or, if too few, of all.
-- median_gap_frames: median of the frames from the other event to this one.
-- spread_gap_frames: the spread of these frames.
-- median_shift_x: median of the pixels from the other point to this one, to the right.
-- spread_shift_x: the spread of these pixels.
-- median_shift_y: median of the pixels from the other point to this one, down.
-- spread_shift_y: the spread of these pixels.
--
-- The spread is that of usual_places; pairs are too few below few_events(). Two events are one pair, whose other event
-- is the one with the later action and agent in the alphabet; with the same two they are two pairs, each from the
-- other.
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
    where events.template_id is not null
),

pairs as (
    select
        this.template_id,
        this.kind,
        other.kind as other_kind,
        this.frame_number - other.frame_number as gap_frames,
        this.point_x - other.point_x as shift_x,
        this.point_y - other.point_y as shift_y
    from placed as this
    inner join placed as other
        on this.video_id = other.video_id and this.event_index != other.event_index and this.kind <= other.kind
),

-- Those of all templates together have no template_id.
grouped as (
    select
        template_id,
        kind,
        other_kind,
        count(*) as compared_pairs,
        median(gap_frames) as median_gap_frames,
        greatest(2, 1.4826 * mad(gap_frames)) as spread_gap_frames,
        median(shift_x) as median_shift_x,
        greatest(10, 1.4826 * mad(shift_x)) as spread_shift_x,
        median(shift_y) as median_shift_y,
        greatest(10, 1.4826 * mad(shift_y)) as spread_shift_y
    from pairs
    group by grouping sets ((template_id, kind, other_kind), (kind, other_kind))
)

select
    own.template_id,
    kinds.action,
    kinds.agent,
    other_kinds.action as other_action,
    other_kinds.agent as other_agent,
    usual.compared_pairs,
    usual.median_gap_frames,
    usual.spread_gap_frames,
    usual.median_shift_x,
    usual.spread_shift_x,
    usual.median_shift_y,
    usual.spread_shift_y
from grouped as own
inner join grouped as usual
    on
        own.kind = usual.kind
        and own.other_kind = usual.other_kind
        and case when own.compared_pairs >= few_events() then own.template_id end
        is not distinct from usual.template_id
inner join kinds on own.kind = kinds.kind
inner join kinds as other_kinds on own.other_kind = other_kinds.kind
where own.template_id is not null

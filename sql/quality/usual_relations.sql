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
        struct_pack(
            pairs := count(*),
            gap_frames := median(gap_frames),
            gap_frames_spread := greatest(2, 1.4826 * mad(gap_frames)),
            x := median(shift_x),
            x_spread := greatest(10, 1.4826 * mad(shift_x)),
            y := median(shift_y),
            y_spread := greatest(10, 1.4826 * mad(shift_y))
        ) as usual
    from pairs
    group by grouping sets ((template_id, kind, other_kind), (kind, other_kind))
),

-- No join of grouped with itself: the engine would expect millions of rows, and keep the pairs of events in memory.
chosen as (
    select
        grouped.template_id,
        grouped.kind,
        grouped.other_kind,
        case
            when grouped.usual.pairs >= few_events() then grouped.usual
            else any_value(grouped.usual) filter (where grouped.template_id is null) over of_kinds
        end as usual
    from grouped
    window of_kinds as (partition by grouped.kind, grouped.other_kind)
)

select
    chosen.template_id,
    kinds.action,
    kinds.agent,
    other_kinds.action as other_action,
    other_kinds.agent as other_agent,
    chosen.usual.pairs as compared_pairs,
    chosen.usual.gap_frames as median_gap_frames,
    chosen.usual.gap_frames_spread as spread_gap_frames,
    chosen.usual.x as median_shift_x,
    chosen.usual.x_spread as spread_shift_x,
    chosen.usual.y as median_shift_y,
    chosen.usual.y_spread as spread_shift_y
from chosen
inner join kinds on chosen.kind = kinds.kind
inner join kinds as other_kinds on chosen.other_kind = other_kinds.kind
where chosen.template_id is not null

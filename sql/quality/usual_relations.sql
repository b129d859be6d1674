-- Where do two events of a video usually lie to each other, in time and place?
--
-- One row per template, action, agent, other action and other agent of which a video has two events.
-- compared_pairs: pairs of the same two actions and agents, in videos of the template or, if too few, of all.
-- median_gap_frames: median of the frames from the other event to this one.
-- spread_gap_frames: the spread of these frames.
-- median_shift_x: median of the pixels from the other point to this one, to the right.
-- spread_shift_x: the spread of these pixels.
-- median_shift_y: median of the pixels from the other point to this one, down.
-- spread_shift_y: the spread of these pixels.
--
-- The spread is that of event_outliers; pairs are too few below few_events(). Medians of what is counted are the same
-- as medians of all pairs, in a fraction of the time.
with counts as (
    select
        template_id,
        struct_pack(
            action := action, agent := agent, other_action := other_action, other_agent := other_agent
        ) as kinds,
        measure,
        amount,
        sum(pairs) as n
    from relation_counts
    group by grouping sets ((template_id, kinds, measure, amount), (kinds, measure, amount))
),

ordered as (
    select
        *,
        sum(n) over (partition by template_id, kinds, measure) as pairs,
        sum(n) over (partition by template_id, kinds, measure order by amount) as pairs_up_to
    from counts
),

-- The middle one, or the mean of the two in the middle.
medians as (
    select
        template_id,
        kinds,
        measure,
        (
            min(amount) filter (where 2 * pairs_up_to >= pairs) + min(amount) filter (where 2 * pairs_up_to > pairs)
        ) / 2 as median
    from ordered
    group by template_id, kinds, measure
),

distances as (
    select
        ordered.*,
        medians.median,
        abs(ordered.amount - medians.median) as distance,
        sum(ordered.n) over (
            partition by ordered.template_id, ordered.kinds, ordered.measure
            order by abs(ordered.amount - medians.median)
        ) as pairs_within
    from ordered
    inner join medians
        on
            ordered.template_id is not distinct from medians.template_id
            and ordered.kinds = medians.kinds
            and ordered.measure = medians.measure
),

grouped as (
    select
        template_id,
        kinds,
        measure,
        any_value(pairs)::bigint as pairs,
        any_value(median) as median,
        1.4826 * ((
            min(distance) filter (where 2 * pairs_within >= pairs)
            + min(distance) filter (where 2 * pairs_within > pairs)
        ) / 2) as spread
    from distances
    group by template_id, kinds, measure
)

select
    own.template_id,
    own.kinds.action,
    own.kinds.agent,
    own.kinds.other_action,
    own.kinds.other_agent,
    any_value(usual.pairs) as compared_pairs,
    max(usual.median) filter (where own.measure = 'gap_frames') as median_gap_frames,
    greatest(2, max(usual.spread) filter (where own.measure = 'gap_frames')) as spread_gap_frames,
    max(usual.median) filter (where own.measure = 'shift_x') as median_shift_x,
    greatest(10, max(usual.spread) filter (where own.measure = 'shift_x')) as spread_shift_x,
    max(usual.median) filter (where own.measure = 'shift_y') as median_shift_y,
    greatest(10, max(usual.spread) filter (where own.measure = 'shift_y')) as spread_shift_y
from grouped as own
inner join grouped as usual
    on
        own.kinds = usual.kinds
        and own.measure = usual.measure
        and case when own.pairs >= few_events() then own.template_id end is not distinct from usual.template_id
where own.template_id is not null
group by own.template_id, own.kinds

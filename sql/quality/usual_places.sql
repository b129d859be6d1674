-- Which frame and which point are usual for the events of a template, action and agent?
--
-- One row per template, action and agent that occur together.
-- compared_with: whose distribution it is: template, action and agent; or action and agent, if those have too few.
-- compared_events: events of that distribution.
-- median_frame: their median frame.
-- spread_frames: the spread of their frames.
-- median_x: the median of their points, in pixels from the left edge.
-- spread_x: the spread of these pixels.
-- median_y: the median of their points, in pixels from the top edge.
-- spread_y: the spread of these pixels.
--
-- The spread is 1.4826 times the median distance from the median, which is the standard deviation of a normal
-- distribution and is not moved by outliers; at least 2 frames and 10 pixels. A distribution needs few_events() events.
-- Medians are computed from counts: the same result in a fraction of the time.
with counts as (
    select
        template_id,
        action,
        agent,
        case when frame_number is not null then 'frame' when point_x is not null then 'x' else 'y' end as measure,
        coalesce(frame_number, point_x, point_y) as amount,
        count(*) as n
    from event_neighbours
    where template_id is not null
    group by template_id, action, agent, grouping sets ((frame_number), (point_x), (point_y))
),

-- Those of all templates together have no template_id.
amounts as (
    select
        template_id,
        action,
        agent,
        measure,
        amount,
        sum(n) as n
    from counts
    group by grouping sets ((template_id, action, agent, measure, amount), (action, agent, measure, amount))
),

ordered as (
    select
        *,
        sum(n) over (partition by template_id, action, agent, measure) as events,
        sum(n) over (partition by template_id, action, agent, measure order by amount) as events_up_to
    from amounts
),

-- The middle one, or the mean of the two in the middle.
centred as (
    select
        *,
        (
            min(case when 2 * events_up_to >= events then amount end) over of_group
            + min(case when 2 * events_up_to > events then amount end) over of_group
        ) / 2 as median,
        abs(amount - median) as distance
    from ordered
    window of_group as (partition by template_id, action, agent, measure)
),

spread as (
    select
        *,
        sum(n) over (partition by template_id, action, agent, measure order by distance) as events_within
    from centred
),

grouped as (
    select
        template_id,
        action,
        agent,
        measure,
        any_value(events)::bigint as events,
        any_value(median) as median,
        1.4826 * ((
            min(distance) filter (where 2 * events_within >= events)
            + min(distance) filter (where 2 * events_within > events)
        ) / 2) as spread
    from spread
    group by template_id, action, agent, measure
)

select
    own.template_id,
    own.action,
    own.agent,
    case when any_value(usual.template_id) is null then 'action and agent' else 'template, action and agent' end
        as compared_with,
    any_value(usual.events) as compared_events,
    max(usual.median) filter (where own.measure = 'frame') as median_frame,
    greatest(2, max(usual.spread) filter (where own.measure = 'frame')) as spread_frames,
    max(usual.median) filter (where own.measure = 'x') as median_x,
    greatest(10, max(usual.spread) filter (where own.measure = 'x')) as spread_x,
    max(usual.median) filter (where own.measure = 'y') as median_y,
    greatest(10, max(usual.spread) filter (where own.measure = 'y')) as spread_y
from grouped as own
inner join grouped as usual
    on
        own.action = usual.action
        and own.agent = usual.agent
        and own.measure = usual.measure
        and case when own.events >= few_events() then own.template_id end is not distinct from usual.template_id
where own.template_id is not null
group by own.template_id, own.action, own.agent

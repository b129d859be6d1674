-- Where do events happen: centre, spread and quantiles over all, by action and agent, by template, by split?
--
-- One row per group; grouped_by says which kind. Columns that do not define the group are null.
-- grouped_by: all, action and agent, template, or split.
-- action: the action, where grouped by action and agent.
-- agent: the agent, where grouped by action and agent.
-- template: the template's text, where grouped by template.
-- split: the split or unassigned, where grouped by split.
-- events: events in the group.
-- centre_x: mean of point_x in pixels.
-- centre_y: mean of point_y in pixels.
-- spread_px: root of the mean squared distance to the centre, in pixels.
-- x_p05: point_x at the 5 % quantile, interpolated between neighbours.
-- x_p25: point_x at the 25 % quantile.
-- x_median: median of point_x.
-- x_p75: point_x at the 75 % quantile.
-- x_p95: point_x at the 95 % quantile.
-- y_p05: point_y at the 5 % quantile.
-- y_p25: point_y at the 25 % quantile.
-- y_median: median of point_y.
-- y_p75: point_y at the 75 % quantile.
-- y_p95: point_y at the 95 % quantile.
-- sized_events: events whose picture size is known; the following columns are computed from them, null without any.
-- relative_centre_x: mean of relative_x.
-- relative_centre_y: mean of relative_y.
-- relative_spread_x: standard deviation of relative_x, over all such events.
-- relative_spread_y: standard deviation of relative_y, over all such events.
with summaries as (
    select
        action,
        agent,
        template,
        split,
        case
            when grouping(action) = 0 then 'action and agent' when grouping(template) = 0 then 'template'
            when grouping(split) = 0 then 'split' else 'all'
        end as grouped_by,
        count(*) as events,
        avg(point_x) as centre_x,
        avg(point_y) as centre_y,
        sqrt(var_pop(point_x) + var_pop(point_y)) as spread_px,
        quantile_cont(point_x, [0.05, 0.25, 0.5, 0.75, 0.95]) as x,
        quantile_cont(point_y, [0.05, 0.25, 0.5, 0.75, 0.95]) as y,
        count(relative_x) as sized_events,
        avg(relative_x) as relative_centre_x,
        avg(relative_y) as relative_centre_y,
        stddev_pop(relative_x) as relative_spread_x,
        stddev_pop(relative_y) as relative_spread_y
    from event_coordinates
    group by grouping sets ((), (action, agent), (template), (split))
    having count(*) > 0
)

select
    grouped_by,
    action,
    agent,
    template,
    split,
    events,
    centre_x,
    centre_y,
    spread_px,
    x[1] as x_p05,
    x[2] as x_p25,
    x[3] as x_median,
    x[4] as x_p75,
    x[5] as x_p95,
    y[1] as y_p05,
    y[2] as y_p25,
    y[3] as y_median,
    y[4] as y_p75,
    y[5] as y_p95,
    sized_events,
    relative_centre_x,
    relative_centre_y,
    relative_spread_x,
    relative_spread_y
from summaries
order by grouped_by, action, agent, template, split

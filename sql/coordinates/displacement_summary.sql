-- How far and in which mean direction do points move from contact to release, by agent, template and split?
--
-- One row per group of intervals of interaction_intervals; grouped_by says which kind.
-- grouped_by: agent, template and agent, or split and agent. Columns that do not define the group are null.
-- template: the template's text, where grouped by template and agent.
-- split: the split or unassigned, where grouped by split and agent.
-- intervals: intervals of the group.
-- moved_intervals: those whose point moves, which have a direction.
-- dx_px_mean: mean of the pixels to the right.
-- dy_px_mean: mean of the pixels down.
-- distance_px_p25: pixels in a straight line at the 25 % quantile, interpolated between neighbours.
-- distance_px_median: median of the pixels in a straight line.
-- distance_px_p75: pixels in a straight line at the 75 % quantile.
-- direction_deg_mean: circular mean of the directions: 0 right, 90 down, 180 left, 270 up; null where they cancel out.
-- direction_length: length of the mean direction: 1 if all agree, 0 if they cancel out; null if no point moves.
with directions as (
    select
        template,
        split,
        agent,
        case when grouping(template) = 0 then 'template and ' when grouping(split) = 0 then 'split and ' else '' end
        || 'agent' as grouped_by,
        count(*) as intervals,
        count(direction_deg) as moved_intervals,
        avg(dx_px) as dx_px_mean,
        avg(dy_px) as dy_px_mean,
        quantile_cont(distance_px, [0.25, 0.5, 0.75]) as distances,
        avg(cos(radians(direction_deg))) as right_mean,
        avg(sin(radians(direction_deg))) as down_mean
    from interval_displacement
    group by grouping sets ((agent), (template, agent), (split, agent))
),

means as (
    select
        *,
        sqrt(right_mean ** 2 + down_mean ** 2) as direction_length
    from directions
)

select
    grouped_by,
    agent,
    template,
    split,
    intervals,
    moved_intervals,
    dx_px_mean,
    dy_px_mean,
    distances[1] as distance_px_p25,
    distances[2] as distance_px_median,
    distances[3] as distance_px_p75,
    case
        when direction_length > 1e-9 then fmod(degrees(atan2(down_mean, right_mean)) + 360, 360)
    end as direction_deg_mean,
    direction_length
from means
order by grouped_by, template, split, agent

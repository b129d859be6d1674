-- When do events happen: quantiles over all, by action, agent, template and split?
--
-- One row per group; grouped_by says which kind. Columns that do not define the group are null.
-- grouped_by: all, action, action and agent, template, split, or template, action and agent.
-- action: the action, where grouped by action.
-- agent: the agent, where grouped by agent.
-- template: the template's text, where grouped by template.
-- split: the split or unassigned, where grouped by split.
-- events: events in the group.
-- timed_events: those of them whose time in seconds is known.
-- assumed_events: those of timed_events whose seconds are assumed from a frame rate.
-- frame_min: first frame of an event.
-- frame_p05: frame at the 5 % quantile, interpolated between neighbours.
-- frame_p25: frame at the 25 % quantile.
-- frame_median: median frame.
-- frame_p75: frame at the 75 % quantile.
-- frame_p95: frame at the 95 % quantile.
-- frame_max: last frame of an event.
-- time_s_p25: seconds at the 25 % quantile; null where no time is known.
-- time_s_median: median in seconds; null where no time is known.
-- time_s_p75: seconds at the 75 % quantile; null where no time is known.
-- position_p25: relative position at the 25 % quantile; null where the length of no video is known.
-- position_median: median relative position; null where the length of no video is known.
-- position_p75: relative position at the 75 % quantile; null where the length of no video is known.
with quantiles as (
    select
        action,
        agent,
        template,
        split,
        case
            when grouping(action) + grouping(agent) + grouping(template) = 0 then 'template, action and agent'
            when grouping(action) + grouping(agent) = 0 then 'action and agent'
            when grouping(action) = 0 then 'action'
            when grouping(template) = 0 then 'template'
            when grouping(split) = 0 then 'split'
            else 'all'
        end as grouped_by,
        count(*) as events,
        count(time_s) as timed_events,
        count(time_s) filter (where time_source = 'assumed') as assumed_events,
        min(frame_number) as frame_min,
        max(frame_number) as frame_max,
        quantile_cont(frame_number, [0.05, 0.25, 0.5, 0.75, 0.95]) as frames,
        quantile_cont(time_s, [0.25, 0.5, 0.75]) as times,
        quantile_cont(relative_position, [0.25, 0.5, 0.75]) as positions
    from event_timing
    group by grouping sets ((), (action), (action, agent), (template), (split), (template, action, agent))
)

select
    grouped_by,
    action,
    agent,
    template,
    split,
    events,
    timed_events,
    assumed_events,
    frame_min,
    frames[1] as frame_p05,
    frames[2] as frame_p25,
    frames[3] as frame_median,
    frames[4] as frame_p75,
    frames[5] as frame_p95,
    frame_max,
    times[1] as time_s_p25,
    times[2] as time_s_median,
    times[3] as time_s_p75,
    positions[1] as position_p25,
    positions[2] as position_median,
    positions[3] as position_p75
from quantiles
order by grouped_by, action, agent, template, split

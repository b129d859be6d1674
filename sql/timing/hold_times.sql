-- How long is something held, by agent, and how much of what is touched is released?
--
-- One row per agent.
-- contacts: events of the agent whose action is contact.
-- releases: events of the agent whose action is release.
-- intervals: contacts that are followed by a release of the agent, see interaction_intervals.
-- released_share: part of the contacts that is released, from 0 to 1.
-- timed_intervals: intervals whose time in seconds is known.
-- assumed_intervals: those of timed_intervals whose seconds are assumed from a frame rate.
-- hold_frames_min: shortest hold in frames.
-- hold_frames_p25: hold in frames at the 25 % quantile.
-- hold_frames_median: median hold in frames.
-- hold_frames_p75: hold in frames at the 75 % quantile.
-- hold_frames_max: longest hold in frames.
-- hold_s_p25: hold in seconds at the 25 % quantile; null where no time is known.
-- hold_s_median: median hold in seconds; null where no time is known.
-- hold_s_p75: hold in seconds at the 75 % quantile; null where no time is known.
with agents as (
    select
        agent,
        count(*) filter (where action = 'contact') as contacts,
        count(*) filter (where action = 'release') as releases
    from events
    group by agent
),

holds as (
    select
        agent,
        count(*) as intervals,
        count(hold_s) as timed_intervals,
        count(hold_s) filter (where time_source = 'assumed') as assumed_intervals,
        quantile_cont(hold_frames, [0, 0.25, 0.5, 0.75, 1]) as frames,
        quantile_cont(hold_s, [0.25, 0.5, 0.75]) as seconds
    from interaction_intervals
    group by agent
)

select
    agents.agent,
    agents.contacts,
    agents.releases,
    coalesce(holds.intervals, 0) as intervals,
    coalesce(holds.intervals, 0) / nullif(agents.contacts, 0) as released_share,
    coalesce(holds.timed_intervals, 0) as timed_intervals,
    coalesce(holds.assumed_intervals, 0) as assumed_intervals,
    holds.frames[1]::integer as hold_frames_min,
    holds.frames[2] as hold_frames_p25,
    holds.frames[3] as hold_frames_median,
    holds.frames[4] as hold_frames_p75,
    holds.frames[5]::integer as hold_frames_max,
    holds.seconds[1] as hold_s_p25,
    holds.seconds[2] as hold_s_median,
    holds.seconds[3] as hold_s_p75
from agents
left join holds using (agent)
order by agents.agent

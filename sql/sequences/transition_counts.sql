-- Which event follows which?
--
-- One row per pair of kinds of consecutive events in a video, the commonest first.
-- action: action of the earlier event.
-- agent: agent of the earlier event.
-- next_action: action of the event that follows.
-- next_agent: agent of the event that follows.
-- transitions: how often that happens.
-- share: part of the transitions from the earlier kind, from 0 to 1.
-- gap_frames_median: median number of frames between the two.
with transitions (action, agent, next_action, next_agent, gap_frames) as (
    select
        action_before,
        agent_before,
        action,
        agent,
        gap_frames
    from event_neighbours
    where gap_frames is not null
)

select
    action,
    agent,
    next_action,
    next_agent,
    count(*) as transitions,
    count(*) / sum(count(*)) over (partition by action, agent) as share,
    median(gap_frames) as gap_frames_median
from transitions
group by action, agent, next_action, next_agent
order by transitions desc, action asc, agent asc, next_action asc, next_agent asc

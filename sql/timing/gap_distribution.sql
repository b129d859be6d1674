-- How many frames lie between one event and the next: the distribution of gaps?
--
-- One row per pair of kinds of consecutive events in a video, and number of frames between them.
-- action: action of the earlier event.
-- agent: agent of the earlier event.
-- next_action: action of the event that follows.
-- next_agent: agent of the event that follows.
-- gap_frames: frames between the two; 0 when both lie on one frame.
-- transitions: how often that happens. Sum over the columns that are not needed.
-- share: part of the transitions between the two kinds, from 0 to 1.
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
    gap_frames,
    count(*) as transitions,
    count(*) / sum(count(*)) over (partition by action, agent, next_action, next_agent) as share
from transitions
group by action, agent, next_action, next_agent, gap_frames
order by action, agent, next_action, next_agent, gap_frames

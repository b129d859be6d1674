-- How are the times from a contact to its release distributed?
--
-- One row per agent and number of frames that an interval of interaction_intervals lasts.
-- intervals: intervals of the agent with that length.
-- share: part of the agent's intervals, from 0 to 1.
select
    agent,
    hold_frames,
    count(*) as intervals,
    count(*) / sum(count(*)) over (partition by agent) as share
from interaction_intervals
group by agent, hold_frames
order by agent, hold_frames

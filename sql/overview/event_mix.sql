-- How many events are there of each action and agent?
--
-- One row per action and agent that occurs.
-- action: contact or release.
-- agent: hand-object, object-surface or object-object.
-- events: events of that action and agent.
-- share: part of all events, from 0 to 1.
-- videos: videos that have such an event.
select
    action,
    agent,
    count(*) as events,
    count(*) / sum(count(*)) over () as share,
    count(distinct video_id) as videos
from events
group by action, agent
order by action, agent

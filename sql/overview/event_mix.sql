-- How many events are there of each action and agent?
--
-- One row per action and agent that occurs.
-- events: events of that action and agent.
-- share: part of all events, from 0 to 1.
-- videos: videos that have such an event.
with videos_of_kinds as (
    select
        action,
        agent,
        video_id,
        count(*) as events
    from events
    group by action, agent, video_id
)

select
    action,
    agent,
    sum(events)::bigint as events,
    sum(events) / sum(sum(events)) over () as share,
    count(*) as videos
from videos_of_kinds
group by action, agent
order by action, agent

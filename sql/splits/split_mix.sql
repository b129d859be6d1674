-- Which actions and agents do the events of a split have, and how does that compare with the whole?
--
-- One row per split that has events and every action and agent in the data, including those without events.
-- events: events of the split with that action and agent.
-- share: part of the split's events, from 0 to 1.
-- overall_share: part of all events, including the split's own, that have that action and agent.
with counts as (
    select
        split,
        action,
        agent,
        count(*) as events
    from event_neighbours
    where split is not null
    group by all
),

kinds as (
    select
        action,
        agent,
        sum(events) / sum(sum(events)) over () as share
    from counts
    group by action, agent
),

split_names as (
    select distinct split
    from counts
),

cells as (
    select
        split_names.split,
        kinds.action,
        kinds.agent,
        kinds.share as overall_share,
        coalesce(counts.events, 0) as events
    from split_names
    cross join kinds
    left join counts using (split, action, agent)
)

select
    split,
    action,
    agent,
    events,
    events / sum(events) over (partition by split) as share,
    overall_share
from cells
order by split, action, agent

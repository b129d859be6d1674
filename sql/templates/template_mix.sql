-- Which actions and agents do the events of a template have, and how does that compare with the whole?
--
-- One row per template and every action and agent in the data, including those without events.
-- events: events of the template with that action and agent.
-- share: part of the template's events, from 0 to 1; null for a template without events.
-- overall_share: part of all events, including the template's own, that have that action and agent.
with counts as (
    select
        template_id,
        action,
        agent,
        count(*) as events
    from event_neighbours
    where template_id is not null
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

cells as (
    select
        templates.template,
        kinds.action,
        kinds.agent,
        kinds.share as overall_share,
        coalesce(counts.events, 0) as events
    from templates
    cross join kinds
    left join counts using (template_id, action, agent)
)

select
    template,
    action,
    agent,
    events,
    events / nullif(sum(events) over (partition by template), 0) as share,
    overall_share
from cells
order by template, action, agent

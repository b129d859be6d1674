-- Of which actions and agents are the events of a template, and how does that compare with the whole?
--
-- One row per template and every action and agent that occurs in the data, those without events included.
-- events: events of the template with that action and agent.
-- share: part of the template's events, from 0 to 1; null for a template without events.
-- overall_share: part of all events, the template's own included, that have that action and agent.
with counts as (
    select
        videos.template_id,
        events.action,
        events.agent,
        count(*) as events
    from events
    inner join videos using (video_id)
    group by all
),

cells as (
    select
        templates.template,
        event_mix.action,
        event_mix.agent,
        event_mix.share as overall_share,
        coalesce(counts.events, 0) as events
    from templates
    cross join event_mix
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

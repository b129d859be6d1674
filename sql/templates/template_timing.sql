-- When do the events of a template happen?
--
-- One row per template, action, agent and frame number that holds an event.
-- events: events of the template with that action and agent on that frame number.
select
    templates.template,
    events.action,
    events.agent,
    events.frame_number,
    count(*) as events
from event_neighbours as events
left join templates using (template_id)
group by all
order by all

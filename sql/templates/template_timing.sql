-- When do the events of a template happen?
--
-- One row per template, action, agent and frame number that holds an event.
-- template: the template's text.
-- action: contact or release.
-- agent: hand-object, object-surface or object-object.
-- frame_number: frame of the events, from 0.
-- events: events of the template with that action and agent on that frame number.
select
    template,
    action,
    agent,
    frame_number,
    count(*) as events
from event_timing
group by all
order by all

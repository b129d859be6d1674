-- When do the events of a template happen?
--
-- One row per template, action, agent and frame number that holds an event.
-- template: the template's text.
-- action: contact or release.
-- agent: hand-object, object-surface or object-object.
-- frame_number: frame of the events, from 0.
-- events: events of the template with that action and agent on that frame number.
select
    labels.template,
    events.action,
    events.agent,
    events.frame_number,
    count(*) as events
from events
left join video_labels as labels using (video_id)
group by all
order by all

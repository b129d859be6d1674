-- Which contacts are not released next, and which releases do not come right after a contact?
--
-- One row per event that belongs to no interval of interaction_intervals.
-- neighbour: action of the agent's event in the partner's place, after a contact or before a release; null without one.
-- has_partner_elsewhere: whether the agent has any later release (of a contact) or any earlier contact (of a release).
--
-- Not necessarily an error: most videos show only a part of an interaction. Only a contact without any later release is
-- never released within its labels, and only a release without any earlier contact ends what began before the video.
select
    events.video_id,
    events.event_index,
    events.action,
    events.agent,
    templates.template,
    events.split,
    events.frame_number,
    case events.action when 'contact' then events.next_action else events.previous_action end as neighbour,
    case events.action when 'contact' then events.has_release_after else events.has_contact_before end
        as has_partner_elsewhere
from event_neighbours as events
left join templates using (template_id)
where
    (events.action = 'contact' and events.next_action is distinct from 'release')
    or (events.action = 'release' and events.previous_action is distinct from 'contact')

-- Which contacts are not released next, and which releases do not come right after a contact?
--
-- One row per event that belongs to no interval of interaction_intervals.
-- neighbour: action of the agent's event in the partner's place, after a contact or before a release; null without one.
-- has_partner_elsewhere: whether the agent has any later release (of a contact) or any earlier contact (of a release).
--
-- Not an error in itself: most videos show a part of an interaction. Only a contact without any later release is never
-- released within its labels, and only a release without any earlier contact ends what began before the video did.
with events_with_neighbours as (
    select
        *,
        lag(action) over in_time as action_before,
        lead(action) over in_time as action_after,
        lag(case when action = 'contact' then true end ignore nulls) over in_time as has_contact,
        lead(case when action = 'release' then true end ignore nulls) over in_time as has_release
    from events
    window in_time as (partition by video_id, agent order by frame_number, event_index)
)

select
    events.video_id,
    events.event_index,
    events.action,
    events.agent,
    labels.template,
    labels.split,
    events.frame_number,
    case events.action when 'contact' then events.action_after else events.action_before end as neighbour,
    coalesce(case events.action when 'contact' then events.has_release else events.has_contact end, false)
        as has_partner_elsewhere
from events_with_neighbours as events
left join video_labels as labels using (video_id)
where
    (events.action = 'contact' and events.action_after is distinct from 'release')
    or (events.action = 'release' and events.action_before is distinct from 'contact')

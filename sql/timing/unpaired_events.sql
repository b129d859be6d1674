-- What was never released, and what was released without a contact?
--
-- One row per event that belongs to no interval of interaction_intervals.
-- missing: what the event lacks: release (a contact that is never released) or contact (a release without one).
-- neighbour: the action that stands in its place in the order of the agent's events; null where the video ends there.
--
-- Not an error in itself: most videos show a part of an interaction. A release without any event of the agent
-- before it is an object that was held from the start.
with events_with_neighbours as (
    select
        *,
        lag(action) over in_time as action_before,
        lead(action) over in_time as action_after
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
    case events.action when 'contact' then 'release' else 'contact' end as missing,
    case events.action when 'contact' then events.action_after else events.action_before end as neighbour
from events_with_neighbours as events
left join video_labels as labels using (video_id)
where
    (events.action = 'contact' and events.action_after is distinct from 'release')
    or (events.action = 'release' and events.action_before is distinct from 'contact')

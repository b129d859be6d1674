-- What comes before and after each event, in its video and by its agent?
--
-- One row per event. Events on one frame keep the order in which they were published.
-- event_rank: position in time among the events of the video, from 1.
-- gap_frames: frames since the event before; null for the first event of the video.
-- action_before: action of the event before in the video; null for the first.
-- agent_before: agent of the event before in the video; null for the first.
-- previous_event_index: event_index of the agent's event before in the video; null for its first.
-- previous_action: action of that event.
-- next_event_index: event_index of the agent's event after in the video; null for its last.
-- next_action: action of that event.
-- next_frame: frame of that event.
-- has_contact_before: whether the agent has a contact before in the video.
-- has_release_after: whether the agent has a release after in the video.
-- agent_events: events of the agent in the video.
--
-- A database that was built has these rows stored: other views read them here.
select
    events.video_id,
    events.event_index,
    events.action,
    events.agent,
    events.frame_number,
    events.point_x,
    events.point_y,
    labels.template_id,
    labels.split,
    row_number() over in_video as event_rank,
    events.frame_number - lag(events.frame_number) over in_video as gap_frames,
    lag(events.action) over in_video as action_before,
    lag(events.agent) over in_video as agent_before,
    lag(events.event_index) over by_agent as previous_event_index,
    lag(events.action) over by_agent as previous_action,
    lead(events.event_index) over by_agent as next_event_index,
    lead(events.action) over by_agent as next_action,
    lead(events.frame_number) over by_agent as next_frame,
    lag(case when events.action = 'contact' then true end ignore nulls) over by_agent is not null as has_contact_before,
    lead(case when events.action = 'release' then true end ignore nulls) over by_agent is not null as has_release_after,
    count(*) over (partition by events.video_id, events.agent) as agent_events
from events
left join video_labels as labels using (video_id)
window
    in_video as (partition by events.video_id order by events.frame_number, events.event_index),
    by_agent as (partition by events.video_id, events.agent order by events.frame_number, events.event_index)

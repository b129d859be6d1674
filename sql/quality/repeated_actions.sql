-- Which events repeat the action of the event before them by the same agent?
--
-- One row per contact after a contact, or release after a release, of the same agent in the same video,
-- the closest repeats first.
-- previous_event_index: event_index of the agent's event before it.
-- gap_frames: frames since that event.
--
-- A release must be missing between two contacts, and a contact between two releases, or the two events are of
-- different hands or objects: the annotation does not tell them apart. Informative, not an error. Events on one frame
-- keep the order in which they were published. A video's first release, of what was in contact from the start, is not
-- here but in unpaired_events.
with events_with_previous as (
    select
        *,
        lag(action) over in_time as previous_action,
        lag(event_index) over in_time as previous_event_index,
        frame_number - lag(frame_number) over in_time as gap_frames
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
    events.previous_event_index,
    events.gap_frames
from events_with_previous as events
left join video_labels as labels using (video_id)
where events.action = events.previous_action
order by events.gap_frames asc, events.video_id asc, events.event_index asc

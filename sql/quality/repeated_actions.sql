-- Which events repeat the action of the event before them by the same agent?
--
-- One row per contact after a contact, or release after a release, of the same agent in the same video,
-- the closest repeats first.
-- previous_event_index: event_index of the agent's event before it.
-- gap_frames: frames since that event.
--
-- Either a release is missing between two contacts, or a contact between two releases, or the two events are of
-- different hands or objects, which the annotation does not distinguish. Informative, not an error. Events on one frame
-- keep the order in which they were published. A video's first release, of what was in contact from the start, is not
-- here but in unpaired_events.
select
    events.video_id,
    events.event_index,
    events.action,
    events.agent,
    templates.template,
    events.split,
    events.frame_number,
    events.previous_event_index,
    events.frame_number - previous.frame_number as gap_frames
from event_neighbours as events
inner join events as previous
    on events.video_id = previous.video_id and events.previous_event_index = previous.event_index
left join templates using (template_id)
where events.action = events.previous_action
order by gap_frames asc, events.video_id asc, events.event_index asc

-- Which contact is followed by which release of the same agent, and after how many frames?
--
-- One row per contact whose next event by the same agent in the same video is a release.
-- Events on one frame keep the order in which they were published; an event belongs to at most one interval.
-- contact_event_index: event_index of the contact.
-- release_event_index: event_index of the release.
-- contact_frame: frame of the contact.
-- release_frame: frame of the release.
-- hold_frames: frames from the contact to the release; 0 when both lie on one frame.
-- contact_time_s: time of the contact in seconds; null where it is unknown.
-- release_time_s: time of the release in seconds; null where it is unknown.
-- hold_s: seconds from the contact to the release; null where either time is unknown.
-- contact_x: where the contact is, in pixels from the left edge.
-- contact_y: where the contact is, in pixels from the top edge.
-- release_x: where the release is, in pixels from the left edge.
-- release_y: where the release is, in pixels from the top edge.
-- is_unambiguous: whether these are the agent's only two events in the video.
--
-- The labels do not say which object an event is about: if the agent has more events in the video, the release may be
-- that of another object or hand. contact_outcomes has every contact, also with the first later release.
with frame_times as (
    select
        video_id,
        frame_number,
        time_s
    from frame_index
    where time_s is not null
)

select
    contacts.video_id,
    contacts.agent,
    templates.template,
    contacts.split,
    contacts.event_index as contact_event_index,
    contacts.next_event_index as release_event_index,
    contacts.frame_number as contact_frame,
    contacts.next_frame as release_frame,
    contacts.next_frame - contacts.frame_number as hold_frames,
    contact_times.time_s as contact_time_s,
    release_times.time_s as release_time_s,
    release_times.time_s - contact_times.time_s as hold_s,
    videos.time_source,
    contacts.point_x as contact_x,
    contacts.point_y as contact_y,
    releases.point_x as release_x,
    releases.point_y as release_y,
    contacts.agent_events = 2 as is_unambiguous
from event_neighbours as contacts
inner join events as releases
    on contacts.video_id = releases.video_id and contacts.next_event_index = releases.event_index
left join templates using (template_id)
left join videos on contacts.video_id = videos.video_id and videos.time_source is not null
left join frame_times as contact_times
    on contacts.video_id = contact_times.video_id and contacts.frame_number = contact_times.frame_number
left join frame_times as release_times
    on contacts.video_id = release_times.video_id and contacts.next_frame = release_times.frame_number
where contacts.action = 'contact' and contacts.next_action = 'release'

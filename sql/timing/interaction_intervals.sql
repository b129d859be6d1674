-- Which contact is followed by which release of the same agent, and after how many frames?
--
-- One row per contact whose next event by the same agent in the same video is a release.
-- Events on one frame keep the order in which they were published; an event belongs to one interval at most.
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
-- The labels do not say which object an event is of: where the agent has more events in the video, the release may be
-- of another object or hand. contact_outcomes has every contact, with the first later release as well.
with frame_times as (
    select
        video_id,
        frame_number,
        time_s
    from frame_index
    where time_s is not null
),

events_with_next as (
    select
        *,
        lead(action) over in_time as next_action,
        lead(event_index) over in_time as next_event_index,
        lead(frame_number) over in_time as next_frame,
        lead(point_x) over in_time as next_x,
        lead(point_y) over in_time as next_y,
        count(*) over (partition by video_id, agent) as agent_events
    from events
    window in_time as (partition by video_id, agent order by frame_number, event_index)
)

select
    pairs.video_id,
    pairs.agent,
    labels.template,
    labels.split,
    pairs.event_index as contact_event_index,
    pairs.next_event_index as release_event_index,
    pairs.frame_number as contact_frame,
    pairs.next_frame as release_frame,
    pairs.next_frame - pairs.frame_number as hold_frames,
    contact_frames.time_s as contact_time_s,
    release_frames.time_s as release_time_s,
    release_frames.time_s - contact_frames.time_s as hold_s,
    labels.time_source,
    pairs.point_x as contact_x,
    pairs.point_y as contact_y,
    pairs.next_x as release_x,
    pairs.next_y as release_y,
    pairs.agent_events = 2 as is_unambiguous
from events_with_next as pairs
left join video_labels as labels using (video_id)
left join frame_times as contact_frames
    on pairs.video_id = contact_frames.video_id and pairs.frame_number = contact_frames.frame_number
left join frame_times as release_frames
    on pairs.video_id = release_frames.video_id and pairs.next_frame = release_frames.frame_number
where pairs.action = 'contact' and pairs.next_action = 'release'

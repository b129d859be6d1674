-- What becomes of each contact: is it released next, released later, made again, or do the labels end?
--
-- One row per contact. Events on one frame keep the order in which they were published.
-- outcome: the agent's next event in the video: released, contact again, or the end where there is none.
-- followed_frames: frames from the contact to that event, or to the end of what is known of the video.
-- later_release_event_index: event_index of the agent's first later release in the video; null where there is none.
-- later_release_frame: its frame; null where there is none.
-- frames_to_later_release: frames from the contact to that release; null where there is none.
--
-- The labels do not say which object an event is of. Two readings follow: the next event of the agent ends a contact
-- (outcome, as in interaction_intervals), or the first later release does, so that several contacts may share one
-- release. They agree where interaction_intervals says
-- is_unambiguous. A video that was not decoded is followed to its last annotated frame.
with events_with_later as (
    select
        *,
        lead(action) over in_time as next_action,
        lead(frame_number) over in_time as next_frame,
        lead(case when action = 'release' then event_index end ignore nulls) over in_time as release_index,
        lead(case when action = 'release' then frame_number end ignore nulls) over in_time as release_frame
    from events
    window in_time as (partition by video_id, agent order by frame_number, event_index)
)

select
    contacts.video_id,
    contacts.event_index,
    contacts.agent,
    videos.template,
    videos.split,
    contacts.frame_number,
    case contacts.next_action when 'release' then 'released' when 'contact' then 'contact again' else 'the end' end
        as outcome,
    coalesce(contacts.next_frame, greatest(videos.last_frame, videos.frame_count - 1))
    - contacts.frame_number as followed_frames,
    contacts.release_index as later_release_event_index,
    contacts.release_frame as later_release_frame,
    contacts.release_frame - contacts.frame_number as frames_to_later_release
from events_with_later as contacts
left join video_overview as videos using (video_id)
where contacts.action = 'contact'

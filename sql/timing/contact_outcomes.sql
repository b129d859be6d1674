-- What happens after each contact: is it released next, released later, made again, or do the labels end?
--
-- One row per contact. Events on one frame keep the order in which they were published.
-- outcome: the agent's next event in the video: released, contact again, or the end if there is none.
-- followed_frames: frames from the contact to that event, or to the end of what is known of the video.
-- later_release_event_index: event_index of the agent's first later release in the video; null where there is none.
-- later_release_frame: its frame; null where there is none.
-- frames_to_later_release: frames from the contact to that release; null where there is none.
--
-- The labels do not say which object an event is about. So there are two readings: a contact ends with the agent's next
-- event (outcome, as in interaction_intervals), or with the first later release, so that several contacts may share one
-- release. They agree where interaction_intervals says is_unambiguous. A video that was not decoded is followed to its
-- last annotated frame.
with contacts as (
    select *
    from event_neighbours
    where action = 'contact'
),

last_frames as (
    select
        events.video_id,
        greatest(max(events.frame_number), any_value(videos.frame_count) - 1) as last_frame
    from events
    left join videos on events.video_id = videos.video_id and videos.frame_count is not null
    group by events.video_id
),

-- Usually the next event is the first later release; it is searched for only if it is not.
later_releases as (
    select
        contacts.video_id,
        contacts.event_index,
        min((releases.frame_number, releases.event_index)) as found
    from contacts
    inner join events as releases
        on
            contacts.video_id = releases.video_id
            and contacts.agent = releases.agent
            and releases.action = 'release'
            and (contacts.frame_number, contacts.event_index) < (releases.frame_number, releases.event_index)
    where contacts.next_action = 'contact' and contacts.has_release_after
    group by contacts.video_id, contacts.event_index
)

select
    contacts.video_id,
    contacts.event_index,
    contacts.agent,
    templates.template,
    contacts.split,
    contacts.frame_number,
    case contacts.next_action when 'release' then 'released' when 'contact' then 'contact again' else 'the end' end
        as outcome,
    coalesce(contacts.next_frame, last_frames.last_frame) - contacts.frame_number as followed_frames,
    case contacts.next_action when 'release' then contacts.next_event_index else later_releases.found[2] end
        as later_release_event_index,
    case contacts.next_action when 'release' then contacts.next_frame else later_releases.found[1] end
        as later_release_frame,
    later_release_frame - contacts.frame_number as frames_to_later_release
from contacts
left join templates using (template_id)
left join last_frames using (video_id)
left join later_releases using (video_id, event_index)

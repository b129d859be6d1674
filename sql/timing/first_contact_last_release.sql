-- When is the first contact of a video, and when its last release?
--
-- One row per video that has events.
-- first_contact_frame: frame of the first contact; null in a video without one.
-- first_contact_time_s: the same in seconds; null where it is unknown.
-- last_release_frame: frame of the last release; null in a video without one.
-- last_release_time_s: the same in seconds; null where it is unknown.
-- frames_between: frames from the one to the other; negative if all releases come before, null without either.
with frame_times as (
    select
        video_id,
        frame_number,
        time_s
    from frame_index
    where time_s is not null
),

bounds as (
    select
        video_id,
        min(frame_number) filter (where action = 'contact') as first_contact_frame,
        max(frame_number) filter (where action = 'release') as last_release_frame
    from events
    group by video_id
)

select
    bounds.video_id,
    labels.template,
    labels.split,
    bounds.first_contact_frame,
    contacts.time_s as first_contact_time_s,
    bounds.last_release_frame,
    releases.time_s as last_release_time_s,
    labels.time_source,
    bounds.last_release_frame - bounds.first_contact_frame as frames_between
from bounds
left join video_labels as labels using (video_id)
left join frame_times as contacts
    on bounds.video_id = contacts.video_id and bounds.first_contact_frame = contacts.frame_number
left join frame_times as releases
    on bounds.video_id = releases.video_id and bounds.last_release_frame = releases.frame_number

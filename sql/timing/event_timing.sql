-- When does each event happen, and how long after the event before it?
--
-- One row per event. Events on one frame keep the order in which they were published.
-- time_s: presentation time of the frame in seconds, to the microsecond if decoded; null where it is unknown.
-- gap_s: seconds since the event before; null for the first event or where either time is unknown.
-- relative_position: 0 on the first frame of the video, 1 on the last; null where its length is unknown or 1 frame.
with frame_times as (
    select
        video_id,
        frame_number,
        time_s
    from frame_index
    where time_s is not null
)

select
    events.video_id,
    events.event_index,
    events.action,
    events.agent,
    templates.template,
    events.split,
    events.frame_number,
    events.event_rank,
    events.gap_frames,
    times.time_s,
    times.time_s - times_before.time_s as gap_s,
    videos.time_source,
    events.frame_number / nullif(videos.frame_count - 1, 0) as relative_position
from event_neighbours as events
left join templates using (template_id)
left join videos
    on events.video_id = videos.video_id and (videos.frame_count is not null or videos.time_source is not null)
left join frame_times as times
    on events.video_id = times.video_id and events.frame_number = times.frame_number
left join frame_times as times_before
    on
        events.video_id = times_before.video_id
        and events.frame_number - events.gap_frames = times_before.frame_number

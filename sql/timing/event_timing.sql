-- When does each event happen, and how long after the event before it?
--
-- One row per event. Events on one frame keep the order in which they were published.
-- event_rank: position in time among the events of the video, from 1.
-- gap_frames: frames since the event before; null for the first event of the video.
-- time_s: presentation time of the frame in seconds, decoded ones to the microsecond; null where it is unknown.
-- gap_s: seconds since the event before; null for the first event or where either time is unknown.
-- relative_position: 0 on the first frame of the video, 1 on the last; null where its length is unknown or 1 frame.
with frame_times as (
    select
        video_id,
        frame_number,
        time_s
    from frame_index
    where time_s is not null
),

timed_events as (
    select
        events.*,
        frame_times.time_s
    from events
    left join frame_times using (video_id, frame_number)
),

ranked_events as (
    select
        *,
        row_number() over in_time as event_rank,
        frame_number - lag(frame_number) over in_time as gap_frames,
        time_s - lag(time_s) over in_time as gap_s
    from timed_events
    window in_time as (partition by video_id order by frame_number, event_index)
)

select
    events.video_id,
    events.event_index,
    events.action,
    events.agent,
    labels.template,
    labels.split,
    events.frame_number,
    events.event_rank,
    events.gap_frames,
    events.time_s,
    events.gap_s,
    labels.time_source,
    events.frame_number / nullif(labels.frame_count - 1, 0) as relative_position
from ranked_events as events
left join video_labels as labels using (video_id)

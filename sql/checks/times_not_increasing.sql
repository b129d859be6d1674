-- Which frames do not come after the frame before them?
--
-- One row per frame whose time is not later than that of the timed frame before it.
-- level: warning
-- time_s: its presentation time in seconds.
-- previous_time_s: presentation time of the frame before it.
--
-- The video's file has broken timestamps: seconds and gaps in seconds of that video mean little.
with times as (
    select
        video_id,
        frame_number,
        time_s,
        lag(time_s) over (partition by video_id order by frame_number) as previous_time_s
    from frame_index
    where time_s is not null
)

select
    video_id,
    frame_number,
    time_s,
    previous_time_s
from times
where time_s <= previous_time_s

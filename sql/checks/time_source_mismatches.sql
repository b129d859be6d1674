-- Which videos have seconds without a source, or a source without seconds?
--
-- One row per video whose time_source does not fit the times of its frames.
-- level: error
-- time_source: decoded or assumed; expected null without any time.
-- timed_frames: frames of the video in frame_index that have a time.
with times as (
    select
        video_id,
        count(time_s) as timed_frames
    from frame_index
    group by video_id
)

select
    videos.video_id,
    videos.time_source,
    coalesce(times.timed_frames, 0) as timed_frames
from videos
left join times using (video_id)
where (videos.time_source is null) <> (coalesce(times.timed_frames, 0) = 0)

-- Which decoded videos do not have every frame in the frame index?
--
-- One row per video whose frame_count is not what frame_index holds.
-- level: error
-- indexed_frames: frames in frame_index; expected frame_count.
-- last_frame: the last frame in frame_index; expected frame_count - 1.
with indexed as (
    select
        video_id,
        count(*) as indexed_frames,
        max(frame_number) as last_frame
    from frame_index
    group by video_id
)

select
    videos.video_id,
    videos.frame_count,
    coalesce(indexed.indexed_frames, 0) as indexed_frames,
    indexed.last_frame
from videos
left join indexed using (video_id)
where
    videos.frame_count <> coalesce(indexed.indexed_frames, 0)
    or videos.frame_count - 1 <> indexed.last_frame

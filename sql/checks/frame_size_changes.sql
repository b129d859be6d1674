-- Which frames have another size than their video?
--
-- One row per decoded frame whose width or height is not that of the video.
-- level: warning
-- video_width: width of the video in pixels.
-- video_height: height of the video in pixels.
--
-- Relative coordinates are made with the video's size: on such a frame they are wrong.
select
    frames.video_id,
    frames.frame_number,
    frames.width,
    frames.height,
    videos.width as video_width,
    videos.height as video_height
from frame_index as frames
inner join videos using (video_id)
where frames.width <> videos.width or frames.height <> videos.height

-- Which events lie after the last decoded frame of their video?
--
-- One row per event of a decoded video whose frame does not exist; the view frames_past_end.
-- level: warning
-- video_id: the video.
-- event_index: position in the video's published list, from 0.
-- frame_number: frame of the event, from 0.
-- frame_count: frames that were decoded.
select
    video_id,
    event_index,
    frame_number,
    frame_count
from frames_past_end

-- Which events lie after the last decoded frame of their video?
--
-- One row per event of a decoded video whose frame does not exist; the view frames_past_end.
-- level: warning
select
    video_id,
    event_index,
    frame_number,
    frame_count
from frames_past_end

-- Which events have a frame or a point that cannot be?
--
-- One row per event whose frame is not in 0..99999 or whose point is not in 0..65535.
-- level: error
-- video_id: the video.
-- event_index: position in the video's published list, from 0.
-- frame_number: frame of the event; a frame's file name has five digits.
-- point_x: pixels from the left edge; no picture is larger than 65535 pixels.
-- point_y: pixels from the top edge.
select
    video_id,
    event_index,
    frame_number,
    point_x,
    point_y
from events
where
    frame_number not between 0 and 99999
    or point_x not between 0 and 65535
    or point_y not between 0 and 65535

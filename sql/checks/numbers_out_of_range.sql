-- Which events have an impossible frame or point?
--
-- One row per event whose frame is not in 0..max_frame_number() or whose point is not in 0..max_coordinate().
-- level: error
select
    video_id,
    event_index,
    frame_number,
    point_x,
    point_y
from events
where
    frame_number not between 0 and max_frame_number()
    or point_x not between 0 and max_coordinate()
    or point_y not between 0 and max_coordinate()

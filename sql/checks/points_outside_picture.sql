-- Which points lie outside the picture?
--
-- One row per event of a decoded video whose point is not inside the picture; the view points_outside_picture.
-- level: warning
select
    video_id,
    event_index,
    point_x,
    point_y,
    width,
    height
from points_outside_picture

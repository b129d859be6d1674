-- Which points lie outside the picture?
--
-- One row per event of a decoded video whose point is not inside the picture; the view points_outside_picture.
-- level: warning
-- video_id: the video.
-- event_index: position in the video's published list, from 0.
-- point_x: pixels from the left edge.
-- point_y: pixels from the top edge.
-- width: width of the picture in pixels.
-- height: height of the picture in pixels.
select
    video_id,
    event_index,
    point_x,
    point_y,
    width,
    height
from points_outside_picture

-- Which points lie outside the picture?
--
-- One row per event of a decoded video whose point is not inside the picture, the farthest outside first.
-- point_x: pixels from the left edge; inside the picture from 0 to width - 1.
-- point_y: pixels from the top edge; inside the picture from 0 to height - 1.
--
-- A few pixels past the edge are a slip of the annotator's hand. Many such points in a video mean that it was
-- decoded at another size than the annotated one.
select
    video_id,
    event_index,
    action,
    agent,
    template,
    split,
    frame_number,
    point_x,
    point_y,
    width,
    height
from event_coordinates
where not (point_x between 0 and width - 1 and point_y between 0 and height - 1)
order by
    greatest(-point_x, -point_y, point_x - width + 1, point_y - height + 1) desc,
    video_id asc,
    event_index asc

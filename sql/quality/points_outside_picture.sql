-- Which points lie outside the picture?
--
-- One row per event of a decoded video whose point is not inside the picture.
-- video_id: the video.
-- event_index: position in the video's published list, from 0.
-- action: contact or release.
-- agent: hand-object, object-surface or object-object.
-- template: the template's text.
-- split: train, validation or test; unassigned where the video is in no split.
-- frame_number: frame of the event, from 0.
-- point_x: pixels from the left edge; inside the picture from 0 to width - 1.
-- point_y: pixels from the top edge; inside the picture from 0 to height - 1.
-- width: width of the picture in pixels.
-- height: height of the picture in pixels.
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

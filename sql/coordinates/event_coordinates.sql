-- Where does each event happen, in pixels and relative to the picture?
--
-- One row per event.
-- relative_x: point_x / width: 0 at the left edge, below 1 inside the picture; null without a width.
-- relative_y: point_y / height: 0 at the top edge, below 1 inside the picture; null without a height.
select
    events.video_id,
    events.event_index,
    events.action,
    events.agent,
    labels.template,
    labels.split,
    events.frame_number,
    events.point_x,
    events.point_y,
    labels.width,
    labels.height,
    events.point_x / labels.width as relative_x,
    events.point_y / labels.height as relative_y
from events
left join video_labels as labels using (video_id)

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
    templates.template,
    events.split,
    events.frame_number,
    events.point_x,
    events.point_y,
    videos.width,
    videos.height,
    events.point_x / videos.width as relative_x,
    events.point_y / videos.height as relative_y
from event_neighbours as events
left join templates using (template_id)
left join videos on events.video_id = videos.video_id and coalesce(videos.width, videos.height) is not null

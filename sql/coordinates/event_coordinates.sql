-- Where does each event happen, in pixels and relative to the picture?
--
-- One row per event.
-- relative_x: point_x / width: 0 at the left edge, below 1 inside the picture; null without a width.
-- relative_y: point_y / height: 0 at the top edge, below 1 inside the picture; null without a height.
with sized_videos as (
    select
        video_id,
        width,
        height
    from videos
    where width is not null or height is not null
)

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
    sized_videos.width,
    sized_videos.height,
    events.point_x / sized_videos.width as relative_x,
    events.point_y / sized_videos.height as relative_y
from event_neighbours as events
left join templates using (template_id)
left join sized_videos using (video_id)

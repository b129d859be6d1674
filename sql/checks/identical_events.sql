-- Which events are repeated exactly?
--
-- One row per video, action, agent, frame and point that several events have.
-- level: warning
-- events: how many there are.
select
    video_id,
    action,
    agent,
    frame_number,
    point_x,
    point_y,
    count(*) as events
from events
group by video_id, action, agent, frame_number, point_x, point_y
having count(*) > 1

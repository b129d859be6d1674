-- Which events stand twice, alike in everything?
--
-- One row per video, action, agent, frame and point that several events have.
-- level: warning
-- video_id: the video.
-- action: contact or release.
-- agent: hand-object, object-surface or object-object.
-- frame_number: frame of the events, from 0.
-- point_x: pixels from the left edge.
-- point_y: pixels from the top edge.
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

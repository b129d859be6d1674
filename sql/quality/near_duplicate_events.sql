-- Which events may be the same moment, annotated twice?
--
-- One row per pair of events of one video with the same action and agent, at most near_frames() frames apart,
-- the closest in pixels first.
-- action: the action of both events.
-- agent: the agent of both events.
-- event_index: event_index of the earlier event; on one frame, of the one published first.
-- other_event_index: event_index of the later event.
-- frame_number: frame of the earlier event.
-- gap_frames: frames from the earlier to the later event, at most near_frames().
-- distance_px: pixels between the two points.
--
-- Also close in pixels: probably one moment counted twice. Far apart: probably two hands, or two objects at once.
select
    earlier.video_id,
    templates.template,
    earlier.split,
    earlier.action,
    earlier.agent,
    earlier.event_index,
    later.event_index as other_event_index,
    earlier.frame_number,
    later.frame_number - earlier.frame_number as gap_frames,
    sqrt((later.point_x - earlier.point_x) ** 2 + (later.point_y - earlier.point_y) ** 2) as distance_px
from event_neighbours as earlier
inner join events as later
    on
        earlier.video_id = later.video_id
        and earlier.action = later.action
        and earlier.agent = later.agent
        and earlier.next_frame <= earlier.frame_number + near_frames()
        and later.frame_number between earlier.frame_number and earlier.frame_number + near_frames()
        and (earlier.frame_number, earlier.event_index) < (later.frame_number, later.event_index)
left join templates on earlier.template_id = templates.template_id
order by distance_px asc, gap_frames asc, earlier.video_id asc, earlier.event_index asc, later.event_index asc

-- How far is each event from what is usual for its template, action and agent, in frame and place?
--
-- One row per event.
-- frame_deviation: frames from the median in units of the spread; positive where the event is later.
-- place_deviation: pixels from the median point, each axis in units of its spread.
-- exchanged_deviation: what place_deviation would be if x and y were exchanged.
--
-- The spread is that of usual_places.
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
    usual.compared_with,
    usual.compared_events,
    usual.median_frame,
    usual.median_x,
    usual.median_y,
    (events.frame_number - usual.median_frame) / usual.spread_frames as frame_deviation,
    sqrt(
        ((events.point_x - usual.median_x) / usual.spread_x) ** 2
        + ((events.point_y - usual.median_y) / usual.spread_y) ** 2
    ) as place_deviation,
    sqrt(
        ((events.point_y - usual.median_x) / usual.spread_x) ** 2
        + ((events.point_x - usual.median_y) / usual.spread_y) ** 2
    ) as exchanged_deviation
from event_neighbours as events
inner join usual_places as usual
    on
        events.template_id = usual.template_id
        and events.action = usual.action
        and events.agent = usual.agent
left join templates on events.template_id = templates.template_id

-- How far does each event fall out of what is usual for its template, action and agent, in frame and place?
--
-- One row per event.
-- compared_with: whose distribution it is: template, action and agent; or action and agent, where these have too few.
-- compared_events: events of that distribution, the event itself among them.
-- median_frame: their median frame.
-- median_x: the median of their points, in pixels from the left edge.
-- median_y: the median of their points, in pixels from the top edge.
-- frame_deviation: frames from the median in units of the spread; positive where the event is later.
-- place_deviation: pixels from the median point, each axis in units of its spread.
-- exchanged_deviation: what place_deviation would be if x and y were exchanged.
--
-- The spread is 1.4826 times the median distance from the median, which is the standard deviation of a normal
-- distribution and is not moved by outliers; at least 2 frames and 10 pixels. A distribution needs few_events() events.
with grouped as (
    select
        action,
        agent,
        template_id,
        count(*) as compared_events,
        median(frame_number) as median_frame,
        median(point_x) as median_x,
        median(point_y) as median_y,
        greatest(2, 1.4826 * mad(frame_number)) as spread_frames,
        greatest(10, 1.4826 * mad(point_x)) as spread_x,
        greatest(10, 1.4826 * mad(point_y)) as spread_y
    from event_neighbours
    where template_id is not null
    group by grouping sets ((action, agent, template_id), (action, agent))
),

-- The template's own distribution comes before that of all, where it has enough events.
usual as (
    select
        own.template_id as of_template_id,
        case when own.compared_events < few_events() then 'action and agent' else 'template, action and agent' end
            as compared_with,
        chosen.*
    from grouped as own
    inner join grouped as chosen
        on
            own.action = chosen.action
            and own.agent = chosen.agent
            and case when own.compared_events < few_events() then null else own.template_id end
            is not distinct from chosen.template_id
    where own.template_id is not null
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
inner join usual
    on
        events.template_id = usual.of_template_id
        and events.action = usual.action
        and events.agent = usual.agent
left join templates on events.template_id = templates.template_id

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
with placed as (
    select
        events.*,
        labels.template
    from events
    inner join video_labels as labels using (video_id)
),

grouped as (
    select
        action,
        agent,
        template,
        count(*) as compared_events,
        median(frame_number) as median_frame,
        median(point_x) as median_x,
        median(point_y) as median_y,
        greatest(2, 1.4826 * mad(frame_number)) as spread_frames,
        greatest(10, 1.4826 * mad(point_x)) as spread_x,
        greatest(10, 1.4826 * mad(point_y)) as spread_y
    from placed
    group by grouping sets ((action, agent, template), (action, agent))
    having template is null or count(*) >= few_events()
)

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
    case when own.template is null then 'action and agent' else 'template, action and agent' end as compared_with,
    coalesce(own.compared_events, wide.compared_events) as compared_events,
    coalesce(own.median_frame, wide.median_frame) as median_frame,
    coalesce(own.median_x, wide.median_x) as median_x,
    coalesce(own.median_y, wide.median_y) as median_y,
    (events.frame_number - coalesce(own.median_frame, wide.median_frame))
    / coalesce(own.spread_frames, wide.spread_frames) as frame_deviation,
    sqrt(
        ((events.point_x - coalesce(own.median_x, wide.median_x)) / coalesce(own.spread_x, wide.spread_x)) ** 2
        + ((events.point_y - coalesce(own.median_y, wide.median_y)) / coalesce(own.spread_y, wide.spread_y)) ** 2
    ) as place_deviation,
    sqrt(
        ((events.point_y - coalesce(own.median_x, wide.median_x)) / coalesce(own.spread_x, wide.spread_x)) ** 2
        + ((events.point_x - coalesce(own.median_y, wide.median_y)) / coalesce(own.spread_y, wide.spread_y)) ** 2
    ) as exchanged_deviation
from events
inner join video_labels as labels using (video_id)
inner join grouped as wide
    on events.action = wide.action and events.agent = wide.agent and wide.template is null
left join grouped as own
    on events.action = own.action and events.agent = own.agent and labels.template = own.template

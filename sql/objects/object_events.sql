-- Which objects are touched and released, by whom, how often, and for how long?
--
-- One row per noun, action and agent. A video with two objects counts for both: which of them an event is about is not
-- published; event_boxes says which is nearest.
-- videos: annotated videos with the noun that have such an event.
-- events: such events in them.
-- event_share: part of all events of that action and agent in videos with known objects, from 0 to 1.
-- intervals: contacts among them that a release of the agent follows next, see interaction_intervals; 0 for releases.
-- hold_frames_median: median frames of these intervals; null without any.
with nouns as (
    select distinct
        video_id,
        noun
    from video_objects
),

totals as (
    select
        action,
        agent,
        count(*) as events
    from events
    where video_id in (select objects.video_id from objects)
    group by action, agent
)

select
    nouns.noun,
    events.action,
    events.agent,
    count(distinct events.video_id) as videos,
    count(*) as events,
    count(*) / any_value(totals.events) as event_share,
    count(intervals.hold_frames) as intervals,
    quantile_cont(intervals.hold_frames, 0.5) as hold_frames_median
from events
inner join nouns using (video_id)
inner join totals using (action, agent)
left join interaction_intervals as intervals
    on
        events.action = 'contact'
        and events.video_id = intervals.video_id
        and events.event_index = intervals.contact_event_index
group by nouns.noun, events.action, events.agent
order by events desc, nouns.noun asc, events.action asc, events.agent asc

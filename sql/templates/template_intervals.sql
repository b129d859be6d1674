-- Which templates have contact → release intervals of which agents?
--
-- One row per template and agent that has events there.
-- contacts: events whose action is contact.
-- releases: events whose action is release.
-- intervals: contacts whose next event by the agent is a release, see interaction_intervals; 0 without any.
-- videos: videos of the template that have an event of the agent.
-- videos_with_interval: those of them that have an interval of the agent.
-- hold_frames_median: median of the intervals in frames; null without intervals.
with agents as (
    select
        videos.template_id,
        events.agent,
        count(*) filter (where events.action = 'contact') as contacts,
        count(*) filter (where events.action = 'release') as releases,
        count(distinct events.video_id) as videos
    from events
    inner join videos using (video_id)
    group by all
),

intervals as (
    select
        template,
        agent,
        count(*) as intervals,
        count(distinct video_id) as videos_with_interval,
        median(hold_frames) as hold_frames_median
    from interaction_intervals
    group by all
)

select
    templates.template,
    agents.agent,
    agents.contacts,
    agents.releases,
    coalesce(intervals.intervals, 0) as intervals,
    agents.videos,
    coalesce(intervals.videos_with_interval, 0) as videos_with_interval,
    intervals.hold_frames_median
from agents
inner join templates using (template_id)
left join intervals using (template, agent)
order by templates.template, agents.agent

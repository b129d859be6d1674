-- Which templates have contact → release intervals, and of which agents?
--
-- One row per template and agent that has events there.
-- contacts: events whose action is contact.
-- releases: events whose action is release.
-- intervals: contacts whose next event by the agent is a release, see interaction_intervals; 0 without any.
-- videos: videos of the template that have an event of the agent.
-- videos_with_interval: those of them that have an interval of the agent.
-- hold_frames_median: median of the intervals in frames; null without intervals.
with agents_of_videos as (
    select
        template_id,
        agent,
        count(*) filter (where action = 'contact') as contacts,
        count(*) filter (where action = 'release') as releases,
        count(*) filter (where action = 'contact' and next_action = 'release') as intervals
    from event_neighbours
    group by video_id, template_id, agent
),

agents as (
    select
        template_id,
        agent,
        sum(contacts)::bigint as contacts,
        sum(releases)::bigint as releases,
        sum(intervals)::bigint as intervals,
        count(*) as videos,
        count(*) filter (where intervals > 0) as videos_with_interval
    from agents_of_videos
    group by template_id, agent
),

holds as (
    select
        template_id,
        agent,
        median(next_frame - frame_number) as hold_frames_median
    from event_neighbours
    where action = 'contact' and next_action = 'release'
    group by template_id, agent
)

select
    templates.template,
    agents.agent,
    agents.contacts,
    agents.releases,
    agents.intervals,
    agents.videos,
    agents.videos_with_interval,
    holds.hold_frames_median
from agents
inner join templates using (template_id)
left join holds using (template_id, agent)
order by templates.template, agents.agent

-- How long does contact last until its release, by agent, template and split, and what part of it is released?
--
-- One row per group; grouped_by says which kind. Columns that do not define the group are null.
-- grouped_by: agent, template and agent, or split and agent.
-- template: the template's text, where grouped by template and agent.
-- split: the split or unassigned, where grouped by split and agent.
-- contacts: events of the agent whose action is contact.
-- releases: events of the agent whose action is release.
-- intervals: contacts whose next event by the agent is a release, see interaction_intervals.
-- next_release_share: part of the contacts that have such an interval, from 0 to 1.
-- unambiguous_intervals: intervals that are the agent's only two events in the video.
-- later_releases: contacts with any later release by the agent, see contact_outcomes.
-- later_release_share: part of the contacts that have a later release, from 0 to 1.
-- timed_intervals: intervals whose time in seconds is known.
-- assumed_intervals: those of timed_intervals whose seconds are assumed from a frame rate.
-- hold_frames_min: shortest interval in frames.
-- hold_frames_p25: frames of the interval at the 25 % quantile, interpolated between neighbours.
-- hold_frames_median: median of the intervals in frames.
-- hold_frames_p75: frames of the interval at the 75 % quantile.
-- hold_frames_max: longest interval in frames.
-- hold_s_p25: seconds of the interval at the 25 % quantile; null where no time is known.
-- hold_s_median: median of the intervals in seconds; null where no time is known.
-- hold_s_p75: seconds of the interval at the 75 % quantile; null where no time is known.
--
-- A hand holds, an object rests on a surface, two objects touch: hold means all three. The intervals are those whose
-- end the labels show; contact_survival also counts those that outlast the labels.
with frame_times as (
    select *
    from frame_index
    where time_s is not null
),

outcomes as (
    select
        events.agent,
        events.action,
        events.agent_events,
        templates.template,
        events.split,
        videos.time_source,
        events.action = 'contact' and events.has_release_after as is_released_later,
        events.action = 'contact' and events.next_action = 'release' as is_interval,
        case when is_interval then events.next_frame - events.frame_number end as hold_frames,
        case when is_interval then release_times.time_s - contact_times.time_s end as hold_s
    from event_neighbours as events
    left join templates using (template_id)
    left join videos on events.video_id = videos.video_id and videos.time_source is not null
    left join frame_times as contact_times
        on events.video_id = contact_times.video_id and events.frame_number = contact_times.frame_number
    left join frame_times as release_times
        on events.video_id = release_times.video_id and events.next_frame = release_times.frame_number
),

groups as (
    select
        agent,
        template,
        split,
        case when grouping(template) = 0 then 'template and ' when grouping(split) = 0 then 'split and ' else '' end
        || 'agent' as grouped_by,
        count(*) filter (where action = 'contact') as contacts,
        count(*) filter (where action = 'release') as releases,
        count(hold_frames) as intervals,
        count(hold_frames) filter (where agent_events = 2) as unambiguous_intervals,
        count(*) filter (where is_released_later) as later_releases,
        count(hold_s) as timed_intervals,
        count(hold_s) filter (where time_source = 'assumed') as assumed_intervals,
        quantile_cont(hold_frames, [0, 0.25, 0.5, 0.75, 1]) as frames,
        quantile_cont(hold_s, [0.25, 0.5, 0.75]) as seconds
    from outcomes
    group by grouping sets ((agent), (template, agent), (split, agent))
)

select
    grouped_by,
    agent,
    template,
    split,
    contacts,
    releases,
    intervals,
    intervals / nullif(contacts, 0) as next_release_share,
    unambiguous_intervals,
    later_releases,
    later_releases / nullif(contacts, 0) as later_release_share,
    timed_intervals,
    assumed_intervals,
    frames[1]::integer as hold_frames_min,
    frames[2] as hold_frames_p25,
    frames[3] as hold_frames_median,
    frames[4] as hold_frames_p75,
    frames[5]::integer as hold_frames_max,
    seconds[1] as hold_s_p25,
    seconds[2] as hold_s_median,
    seconds[3] as hold_s_p75
from groups
order by grouped_by, template, split, agent

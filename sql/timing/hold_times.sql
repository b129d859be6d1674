-- How long does contact last until its release, by agent, template and split, and how much of it is released?
--
-- One row per group; grouped_by says of which kind. Columns that the group is not made by are null.
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
-- A hand holds, an object rests on a surface, two objects are together: hold stands for all three. The intervals are
-- those that the labels show to their end; contact_survival also counts those that outlast the labels.
with groups as (
    select
        events.agent,
        events.template,
        events.split,
        case
            when grouping(events.template) = 0 then 'template and agent'
            when grouping(events.split) = 0 then 'split and agent'
            else 'agent'
        end as grouped_by,
        count(*) filter (where events.action = 'contact') as contacts,
        count(*) filter (where events.action = 'release') as releases,
        count(intervals.hold_frames) as intervals,
        count(*) filter (where intervals.is_unambiguous) as unambiguous_intervals,
        count(outcomes.later_release_frame) as later_releases,
        count(intervals.hold_s) as timed_intervals,
        count(intervals.hold_s) filter (where events.time_source = 'assumed') as assumed_intervals,
        quantile_cont(intervals.hold_frames, [0, 0.25, 0.5, 0.75, 1]) as frames,
        quantile_cont(intervals.hold_s, [0.25, 0.5, 0.75]) as seconds
    from event_timing as events
    left join contact_outcomes as outcomes using (video_id, event_index)
    left join interaction_intervals as intervals
        on events.video_id = intervals.video_id and events.event_index = intervals.contact_event_index
    group by grouping sets ((events.agent), (events.template, events.agent), (events.split, events.agent))
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

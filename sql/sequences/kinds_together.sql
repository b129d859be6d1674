-- Which kinds of events occur together in a video?
--
-- One row per ordered pair of different kinds of events that occur in the data, those that never meet included.
-- action: action of the one kind.
-- agent: agent of the one kind.
-- other_action: action of the other kind.
-- other_agent: agent of the other kind.
-- videos: videos that have the one kind.
-- other_videos: videos that have the other kind.
-- videos_with_both: videos that have both.
-- share: part of the videos with the one kind that have the other, from 0 to 1.
-- overall_share: part of all videos with events that have the other: the share if the two were independent.
with videos_of_kinds as (
    select distinct
        video_id,
        action,
        agent
    from events
),

kinds as (
    select
        action,
        agent,
        videos,
        videos / (select totals.videos_with_events from totals) as share
    from event_mix
),

pairs as (
    select
        one.action,
        one.agent,
        other.action as other_action,
        other.agent as other_agent,
        count(*) as videos
    from videos_of_kinds as one
    inner join videos_of_kinds as other
        on one.video_id = other.video_id and (one.action <> other.action or one.agent <> other.agent)
    group by all
)

select
    one.action,
    one.agent,
    other.action as other_action,
    other.agent as other_agent,
    one.videos,
    other.videos as other_videos,
    coalesce(pairs.videos, 0) as videos_with_both,
    coalesce(pairs.videos, 0) / one.videos as share,
    other.share as overall_share
from kinds as one
inner join kinds as other on one.action <> other.action or one.agent <> other.agent
left join pairs
    on
        one.action = pairs.action
        and one.agent = pairs.agent
        and other.action = pairs.other_action
        and other.agent = pairs.other_agent
order by one.action, one.agent, other.action, other.agent

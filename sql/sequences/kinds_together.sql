-- Which kinds of events occur together in a video?
--
-- One row per ordered pair of different kinds of events that occur in the data, including pairs that never meet.
-- action: action of the one kind.
-- agent: agent of the one kind.
-- other_action: action of the other kind.
-- other_agent: agent of the other kind.
-- videos: videos that have the one kind.
-- other_videos: videos that have the other kind.
-- videos_with_both: videos that have both.
-- share: part of the videos with the one kind that have the other, from 0 to 1.
-- overall_share: part of all videos with events that have the other: the share if the two were independent.
with profiles as (
    select
        row_number() over () as profile,
        videos,
        sum(videos) over () as all_videos,
        unnest([
            struct_pack(action := 'contact', agent := 'hand-object', n := hand_object_contacts),  -- for each agent
            struct_pack(action := 'release', agent := 'hand-object', n := hand_object_releases)  -- for each agent
        ]) as kind
    from video_profiles
),

kinds_of_profiles as (
    select
        profiles.profile,
        profiles.videos,
        profiles.all_videos,
        profiles.kind.action,
        profiles.kind.agent
    from profiles
    where profiles.kind.n > 0
),

kinds as (
    select
        action,
        agent,
        sum(videos)::bigint as videos,
        sum(videos) / any_value(all_videos) as share
    from kinds_of_profiles
    group by action, agent
),

pairs as (
    select
        one.action,
        one.agent,
        other.action as other_action,
        other.agent as other_agent,
        sum(one.videos)::bigint as videos
    from kinds_of_profiles as one
    inner join kinds_of_profiles as other
        on one.profile = other.profile and (one.action <> other.action or one.agent <> other.agent)
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

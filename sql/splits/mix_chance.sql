-- How far apart are the mixes of randomly chosen videos, by chance alone?
--
-- One row per dimension in which mixes are compared.
-- dimension: template (counted in videos), action, agent, or action and agent (counted in events).
-- videos: all videos.
-- chance_bits_of_one_video: Jensen–Shannon divergence that chance gives a sample of one video, to first order.
--
-- Two samples of m and n different videos are this number × (1/m + 1/n) apart, and a sample of n videos is this
-- number × (1/n - 1/videos) from the whole. It is the variance between videos of (n of the category in the video -
-- share of the category in all × n of the video) / that share, summed over categories, / (8 ln 2 × (mean n of a
-- video)²). Whole videos are drawn, because the events of one video depend on each other.
with profiles as (
    select
        row_number() over () as profile,
        videos,
        events as size,
        unnest([
            struct_pack(action := 'contact', agent := 'hand-object', n := hand_object_contacts),  -- for each agent
            struct_pack(action := 'release', agent := 'hand-object', n := hand_object_releases)  -- for each agent
        ]) as kind
    from video_profiles
),

kinds as (
    select
        profiles.profile,
        profiles.videos,
        profiles.size,
        profiles.kind.action,
        profiles.kind.agent,
        profiles.kind.n
    from profiles
    where profiles.kind.n > 0
),

mixes as (
    select
        case when grouping(agent) = 1 then 'action' when grouping(action) = 1 then 'agent' else 'action and agent' end
            as dimension,
        concat_ws(' ', action, agent) as category,
        videos,
        sum(n) as n,
        size
    from kinds
    group by
        grouping sets (
            (profile, videos, size, action), (profile, videos, size, agent), (profile, videos, size, action, agent)
        )
    union all
    select
        'template' as dimension,
        template as category,
        count(*) as videos,
        1 as n,
        1 as size
    from video_labels
    group by template
),

categories as (
    select
        dimension,
        category,
        sum(videos * n) as n,
        sum(videos * n ** 2) as n_n,
        sum(videos * n * size) as n_size
    from mixes
    group by dimension, category
),

shares as (
    select
        *,
        sum(n) over (partition by dimension) as total,
        sum(n_size) over (partition by dimension) as size_size,
        n / total as share,
        (select count(*) from videos) as videos
    from categories
)

select
    dimension,
    videos,
    sum((n_n - 2 * share * n_size + share ** 2 * size_size) / share) / nullif(videos - 1, 0)
    / (8 * ln(2) * any_value(total / videos) ** 2) as chance_bits_of_one_video
from shares
group by dimension, videos
order by dimension

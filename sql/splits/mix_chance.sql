-- How far do the mixes of randomly chosen videos lie apart, by chance alone?
--
-- One row per dimension in which mixes are compared.
-- videos: all videos.
-- chance_bits_of_one_video: Jensen–Shannon divergence that chance gives a sample of one video, to first order.
--
-- Two samples of m and n different videos lie this number × (1/m + 1/n) apart, and a sample of n videos lies this
-- number × (1/n - 1/videos) from the whole. It is the variance between videos of (n of the category in the video -
-- share of the category in all × n of the video) / that share, summed over categories, / (8 ln 2 × (mean n of a
-- video)²). Whole videos are drawn, for the events of one video depend on each other.
with sizes as (
    select
        mixes.*,
        case when mixes.dimension = 'template' then 1 else videos.events end as size
    from video_mixes as mixes
    inner join video_overview as videos using (video_id)
),

categories as (
    select
        dimension,
        category,
        sum(n) as n,
        sum(n ** 2) as n_n,
        sum(n * size) as n_size
    from sizes
    group by dimension, category
),

shares as (
    select
        *,
        sum(n) over (partition by dimension) as total,
        sum(n_size) over (partition by dimension) as size_size,
        n / total as share,
        (select totals.videos from totals) as videos
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

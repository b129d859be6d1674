-- Are the splits alike in templates, actions and agents?
--
-- One row per pair of splits and dimension.
-- split: the one split: train, validation, test or unassigned.
-- other_split: the other, later in the alphabet.
-- sample_size: videos or events of split.
-- other_sample_size: videos or events of other_split.
-- divergence_bits: Jensen–Shannon divergence of the two distributions, from 0 (equal) to 1 (nothing in common).
-- chance_bits: divergence to expect if all videos were assigned to the splits at random, to first order.
--
-- Around chance_bits the splits are as alike as random ones, far below it they were drawn to be alike. chance_bits is
-- chance_bits_of_one_video of mix_chance × (1 / videos of split + 1 / videos of other_split): whole videos are
-- assigned, even where events are counted. split_tests gives p-values.
with counts as (
    select
        split,
        case when grouping(agent) = 1 then 'action' when grouping(action) = 1 then 'agent' else 'action and agent' end
            as dimension,
        concat_ws(' ', action, agent) as category,
        sum(events)::bigint as n
    from split_mix
    where events > 0
    group by grouping sets ((split, action), (split, agent), (split, action, agent))
    union all
    select
        split,
        'template' as dimension,
        template as category,
        count(*) as n
    from video_labels
    group by split, template
),

videos_of_splits as (
    select
        split,
        sum(n)::bigint as videos
    from counts
    where dimension = 'template'
    group by split
),

sizes as (
    select
        split,
        dimension,
        sum(n) as size
    from counts
    group by split, dimension
),

categories as (
    select distinct
        dimension,
        category
    from counts
),

shares as (
    select
        sizes.split,
        sizes.dimension,
        categories.category,
        sizes.size::bigint as sample_size,
        coalesce(counts.n, 0) / sizes.size as share
    from sizes
    inner join categories using (dimension)
    left join counts using (split, dimension, category)
),

pairs as (
    select
        one.split,
        other.split as other_split,
        one.dimension,
        one.sample_size,
        other.sample_size as other_sample_size,
        one.share,
        other.share as other_share,
        (one.share + other.share) / 2 as middle,
        mix_chance.chance_bits_of_one_video * (1 / one_split.videos + 1 / other_split.videos) as chance_bits
    from shares as one
    inner join shares as other using (dimension, category)
    inner join videos_of_splits as one_split on one.split = one_split.split
    inner join videos_of_splits as other_split on other.split = other_split.split
    inner join mix_chance on one.dimension = mix_chance.dimension
    where one.split < other.split
)

select
    split,
    other_split,
    dimension,
    sample_size,
    other_sample_size,
    greatest(0, sum(
        case when share > 0 then share * log2(share / middle) else 0 end
        + case when other_share > 0 then other_share * log2(other_share / middle) else 0 end
    ) / 2) as divergence_bits,
    chance_bits
from pairs
group by split, other_split, dimension, sample_size, other_sample_size, chance_bits
order by dimension, split, other_split

-- Are the splits alike in templates, actions and agents?
--
-- One row per pair of splits and dimension.
-- split: the one split: train, validation, test or unassigned.
-- other_split: the other, later in the alphabet.
-- dimension: template (counted in videos), action, agent, or action and agent (counted in events).
-- sample_size: videos or events of split.
-- other_sample_size: videos or events of other_split.
-- divergence_bits: Jensen–Shannon divergence of the two distributions, from 0 (equal) to 1 (nothing in common).
-- chance_bits: divergence to expect of two random samples of these sizes from one distribution, to first order.
--
-- Around chance_bits the splits are as alike as random ones, far below it they were drawn to be alike. Events of one
-- video resemble each other, so that somewhat more is to be expected where events are counted.
with kinds as (
    select
        split,
        unnest(['action', 'agent', 'action and agent']) as dimension,
        unnest([action, agent, action || ' ' || agent]) as item,
        events as n
    from split_mix
),

counts as (
    select
        split,
        dimension,
        item,
        sum(n) as n
    from kinds
    group by split, dimension, item
    union all
    select
        split,
        'template' as dimension,
        template as item,
        videos as n
    from split_templates
),

shares as (
    select
        *,
        sum(n) over (partition by split, dimension)::bigint as sample_size,
        n / sample_size as share
    from counts
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
        (one.share + other.share) / 2 as middle
    from shares as one
    inner join shares as other using (dimension, item)
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
    (count(*) filter (where middle > 0) - 1) / (8 * ln(2)) * (1 / sample_size + 1 / other_sample_size) as chance_bits
from pairs
group by split, other_split, dimension, sample_size, other_sample_size
order by dimension, split, other_split

-- Are two splits less alike than by chance: p-values?
--
-- One row per pair of splits and dimension, as in split_balance.
-- example: from split_tests(9)
-- split: the one split: train, validation, test or unassigned.
-- other_split: the other, later in the alphabet.
-- divergence_bits: Jensen–Shannon divergence of the two distributions, from 0 (equal) to 1 (nothing in common).
-- chance_bits: mean divergence of the draws.
-- p_value: part of the draws, the true labels included, whose divergence is at least as large.
--
-- Whole videos are assigned to the splits at random `draws` times, see shuffled_videos. The smallest p-value is
-- 1 / (draws + 1).
create or replace macro split_tests(draws integer := 199, seed integer := 0) as table
    with shuffled as (
        select *
        from shuffled_videos(draws, seed)
    ),

    counts as (
        select
            shuffled.draw,
            shuffled.split,
            mixes.dimension,
            mixes.category,
            sum(mixes.n) as n
        from shuffled
        inner join video_mixes as mixes using (video_id)
        group by all
    ),

    shares as (
        select
            *,
            n / sum(n) over (partition by draw, split, dimension) as share
        from counts
    ),

    splits_of_draws as (
        select distinct
            draw,
            dimension,
            split
        from counts
    ),

    -- A category that only one split has adds half its share: together, half of 1 minus the common ones' shares.
    divergences as (
        select
            one.draw,
            one.dimension,
            one.split,
            other.split as other_split,
            greatest(0, 1 + coalesce(sum(
                shares.share * log2(2 * shares.share / (shares.share + theirs.share)) - shares.share
                + theirs.share * log2(2 * theirs.share / (shares.share + theirs.share)) - theirs.share
            ), 0) / 2) as bits
        from splits_of_draws as one
        inner join splits_of_draws as other
            on one.draw = other.draw and one.dimension = other.dimension and one.split < other.split
        left join shares
            on one.draw = shares.draw and one.dimension = shares.dimension and one.split = shares.split
        left join shares as theirs
            on
                other.draw = theirs.draw
                and other.dimension = theirs.dimension
                and other.split = theirs.split
                and shares.category = theirs.category
        group by all
    ),

    truths as (
        select
            split,
            other_split,
            dimension,
            bits
        from divergences
        where draw = 0
    )

    select
        truths.split,
        truths.other_split,
        truths.dimension,
        truths.bits as divergence_bits,
        avg(drawn.bits) filter (where drawn.draw > 0) as chance_bits,
        count(*) filter (where drawn.bits > truths.bits - 1e-12) / count(*) as p_value
    from truths
    inner join divergences as drawn using (split, other_split, dimension)
    group by truths.split, truths.other_split, truths.dimension, truths.bits
    order by truths.dimension, truths.split, truths.other_split

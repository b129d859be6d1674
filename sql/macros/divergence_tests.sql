-- Is a template's mix of actions and agents farther from the mix of all events than by chance: p-values?
--
-- One row per template that has events, as in template_divergence.
-- example: from divergence_tests(9)
-- videos: its videos.
-- events: their events.
-- divergence_bits: Jensen–Shannon divergence of the two mixes, from 0 (equal) to 1 (nothing in common).
-- chance_bits: mean divergence of as many videos drawn at random.
-- p_value: part of the draws, the true labels included, whose divergence is at least as large.
--
-- Whole videos are assigned to the templates at random `draws` times, see shuffled_videos; the smallest p-value is
-- 1 / (draws + 1). Some of 91 templates have a small one by chance: with Bonferroni, below 0.05 / 91 is significant.
create or replace macro divergence_tests(draws integer := 199, seed integer := 0) as table
    with of_videos as (
        select
            video_id,
            action,
            agent,
            count(*) as n
        from events
        group by all
    ),

    shuffled as (
        select *
        from shuffled_videos(draws, seed)
    ),

    counts as (
        select
            shuffled.draw,
            shuffled.template,
            of_videos.action,
            of_videos.agent,
            sum(of_videos.n) as n
        from shuffled
        inner join of_videos using (video_id)
        group by all
    ),

    shares as (
        select
            counts.*,
            counts.n / sum(counts.n) over (partition by counts.draw, counts.template) as share,
            event_mix.share as overall_share
        from counts
        inner join event_mix using (action, agent)
    ),

    -- A kind that the template lacks adds half its share of all events: together, half of 1 minus the others' shares.
    divergences as (
        select
            draw,
            template,
            sum(n)::bigint as events,
            greatest(0, 0.5 + sum(
                share * log2(2 * share / (share + overall_share))
                + overall_share * log2(2 * overall_share / (share + overall_share)) - overall_share
            ) / 2) as bits
        from shares
        group by draw, template
    ),

    truths as (
        select
            template,
            events,
            bits
        from divergences
        where draw = 0
    )

    select
        truths.template,
        templates.videos,
        truths.events,
        truths.bits as divergence_bits,
        avg(drawn.bits) filter (where drawn.draw > 0) as chance_bits,
        count(*) filter (where drawn.bits > truths.bits - 1e-12) / count(*) as p_value
    from truths
    inner join template_distribution as templates using (template)
    inner join divergences as drawn using (template)
    group by truths.template, templates.videos, truths.events, truths.bits
    order by p_value asc, truths.bits - avg(drawn.bits) desc, truths.template

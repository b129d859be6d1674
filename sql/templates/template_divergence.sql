-- How far is a template's mix of actions and agents from the mix of all events, beyond chance?
--
-- One row per template that has events, the one that exceeds chance the most first.
-- videos: its videos; chance draws whole videos.
-- events: their events.
-- divergence_bits: Jensen–Shannon divergence of the two mixes, from 0 (equal) to 1 (nothing in common).
-- chance_bits: expected divergence of as many videos drawn at random, to first order, see mix_chance.
-- excess_bits: divergence_bits - chance_bits.
--
-- The mix of all events includes the template's own. A few videos are far from the whole by chance alone: if
-- excess_bits is around or below 0, chance explains the divergence. divergence_tests gives p-values, template_mix the
-- mixes.
with shares as (
    select
        template,
        events,
        share,
        overall_share,
        (share + overall_share) / 2 as middle
    from template_mix
    where share is not null
),

divergences as (
    select
        template,
        sum(events)::bigint as events,
        greatest(0, sum(
            case when share > 0 then share * log2(share / middle) else 0 end
            + case when overall_share > 0 then overall_share * log2(overall_share / middle) else 0 end
        ) / 2) as divergence_bits
    from shares
    group by template
),

videos_of_templates as (
    select
        template,
        count(*) as videos
    from video_labels
    group by template
)

select
    divergences.template,
    templates.videos,
    divergences.events,
    divergences.divergence_bits,
    mix_chance.chance_bits_of_one_video * (1 / templates.videos - 1 / mix_chance.videos) as chance_bits,
    divergences.divergence_bits - chance_bits as excess_bits
from divergences
inner join videos_of_templates as templates using (template)
left join mix_chance on mix_chance.dimension = 'action and agent'
order by excess_bits desc nulls last, divergences.template asc

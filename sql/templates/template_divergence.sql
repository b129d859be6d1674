-- How far is a template's mix of actions and agents from the mix of all events?
--
-- One row per template that has events, the farthest first.
-- events: its events: the sample size.
-- divergence_bits: Jensen–Shannon divergence of the two mixes, from 0 (equal) to 1 (nothing in common).
--
-- A template with few events lies far from the whole by chance alone: read the divergence beside the events.
-- The mixes themselves are in template_mix.
with shares as (
    select
        template,
        events,
        share,
        overall_share,
        (share + overall_share) / 2 as middle
    from template_mix
    where share is not null
)

select
    template,
    sum(events)::bigint as events,
    greatest(0, sum(
        case when share > 0 then share * log2(share / middle) else 0 end
        + case when overall_share > 0 then overall_share * log2(overall_share / middle) else 0 end
    ) / 2) as divergence_bits
from shares
group by template
order by divergence_bits desc, template asc

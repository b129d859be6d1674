-- How does mAP grow with the tolerance, compared with the ceiling and the baselines?
--
-- One row per measure (spot, strict, touch), tolerance and series; a baseline is there once for all files.
-- measure: spot, strict or touch.
-- tolerance_frames: how far a prediction may be from its event.
-- series: a file of predictions, or ceiling, uniform, constant or template prior.
-- map: mean over classes of the average precision, in percent.
with map_scores as (
    select
        predictions,
        measure,
        tolerance_frames,
        value,
        ceiling,
        uniform,
        constant,
        template_prior
    from scores
    where class = 'all' and statistic = 'mAP' and measure in ('spot', 'strict', 'touch')
),

long_scores as (
    unpivot map_scores
    on value, ceiling, uniform, constant, template_prior
    into name kind value map
)

select distinct
    measure,
    tolerance_frames::integer as tolerance_frames,
    case when kind = 'value' then predictions else replace(kind, '_', ' ') end as series,
    map
from long_scores
order by measure, tolerance_frames, series

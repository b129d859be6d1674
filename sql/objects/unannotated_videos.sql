-- Which videos of SSv2 show a template of the annotations, but were never annotated?
--
-- One row per video of SSv2's label files that has no annotation and whose template the annotations have.
-- template: the template, as in the annotations.
with ours as (
    select
        template_id,
        template,
        regexp_replace(lower(template), '[^[:alnum:] ]', '', 'g') as template_key
    from templates
)

select
    ssv2_videos.video_id,
    ours.template_id,
    ours.template,
    ssv2_videos.label,
    ssv2_videos.ssv2_split
from ssv2_videos
inner join ours
    on regexp_replace(lower(ssv2_videos.template), '[^[:alnum:] ]', '', 'g') = ours.template_key
where not ssv2_videos.is_annotated

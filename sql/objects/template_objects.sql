-- Which objects do the videos of a template show?
--
-- One row per template of the annotations and noun that occurs in it, commonest first.
-- videos: annotated videos of the template with the noun.
-- video_share: part of the template's annotated videos whose objects are known, from 0 to 1.
-- events: events of these videos.
with nouns as (
    select distinct
        labels.template_id,
        labels.template,
        labels.video_id,
        named.noun
    from video_objects as named
    inner join video_labels as labels using (video_id)
),

totals as (
    select
        template_id,
        count(distinct video_id) as videos
    from nouns
    group by template_id
),

counts as (
    select
        video_id,
        count(*) as events
    from events
    group by video_id
)

select
    nouns.template_id,
    nouns.template,
    nouns.noun,
    count(*) as videos,
    count(*) / any_value(totals.videos) as video_share,
    sum(counts.events)::bigint as events
from nouns
inner join totals using (template_id)
inner join counts using (video_id)
group by nouns.template_id, nouns.template, nouns.noun
order by nouns.template_id asc, videos desc, nouns.noun asc

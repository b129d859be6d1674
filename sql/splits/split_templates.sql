-- How many videos and events of each template are in each split?
--
-- One row per template and every split that has videos, including those without a video of the template.
-- videos: videos of the template in the split.
-- events: their events.
-- share_of_split: part of the split's videos, from 0 to 1.
-- share_of_template: part of the template's videos, from 0 to 1; null for a template without videos.
with counts as (
    select
        template_id,
        split,
        count(*) as videos,
        sum(events)::bigint as events
    from video_overview
    group by template_id, split
),

split_names as (
    select distinct split
    from counts
),

cells as (
    select
        templates.template,
        split_names.split,
        coalesce(counts.videos, 0) as videos,
        coalesce(counts.events, 0) as events
    from templates
    cross join split_names
    left join counts using (template_id, split)
)

select
    template,
    split,
    videos,
    events,
    videos / sum(videos) over (partition by split) as share_of_split,
    videos / nullif(sum(videos) over (partition by template), 0) as share_of_template
from cells
order by template, split

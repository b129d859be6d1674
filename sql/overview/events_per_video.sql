-- How many events does a video have, overall, by split and by template?
--
-- One row per group and number of events that a video of it has; grouped_by says which kind of group it is.
-- grouped_by: all, split or template. Columns that do not define the group are null.
-- split: the split or unassigned, where grouped by split.
-- template: the template's text, where grouped by template.
-- events: events in the video; 0 for a video without any.
-- videos: videos of the group with that many events.
-- share: part of the group's videos, from 0 to 1.
with counts as (
    select
        split,
        template,
        case when grouping(split) = 0 then 'split' when grouping(template) = 0 then 'template' else 'all' end
            as grouped_by,
        events,
        count(*) as videos
    from video_overview
    group by grouping sets ((events), (events, split), (events, template))
)

select
    grouped_by,
    split,
    template,
    events,
    videos,
    videos / sum(videos) over (partition by grouped_by, split, template) as share
from counts
order by grouped_by, split, template, events

-- Which templates occur in no split?
--
-- One row per template none of whose videos is in a split.
-- template_id: position of the template in the published map, from 0.
-- template: the template's text.
-- videos: its videos, all of them unassigned.
-- events: their events.
select
    template_id,
    template,
    videos,
    events
from template_distribution
where videos = unassigned_videos
order by template

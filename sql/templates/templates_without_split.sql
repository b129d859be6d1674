-- Which templates occur in no split?
--
-- One row per template none of whose videos is in a split.
-- videos: its videos, all of them unassigned.
select
    template_id,
    template,
    videos,
    events
from template_distribution
where videos = unassigned_videos
order by template

-- Which videos are in no split?
--
-- One row per video without a split.
-- events: its events.
-- template_videos: videos of the same template that are in a split; 0 for a template that occurs in no split.
select
    videos.video_id,
    videos.template,
    videos.events,
    templates.videos - templates.unassigned_videos as template_videos
from video_overview as videos
left join template_distribution as templates using (template_id)
where videos.split = unassigned()

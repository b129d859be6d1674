-- How much is there in all?
--
-- One row for the whole warehouse.
-- videos: labelled videos.
-- videos_with_events: those of them that have an event.
-- decoded_videos: those of them that were decoded, not all of them to the end.
-- unassigned_videos: those of them that are in no split.
-- templates: templates, those without a video included.
-- templates_with_videos: templates that have a video.
-- intervals: contacts whose next event by the same agent is a release, see interaction_intervals.
-- first_frame: lowest frame number of an event; null without events.
-- last_frame: highest frame number of an event; null without events.
select
    coalesce(sum(events), 0)::bigint as events,
    coalesce(sum(contacts), 0)::bigint as contacts,
    coalesce(sum(releases), 0)::bigint as releases,
    count(*) as videos,
    count(*) filter (where events > 0) as videos_with_events,
    count(width) as decoded_videos,
    count(*) filter (where split = unassigned()) as unassigned_videos,
    (select count(*) from templates) as templates,
    count(distinct template_id) as templates_with_videos,
    (select count(*) from interaction_intervals) as intervals,
    min(first_frame) as first_frame,
    max(last_frame) as last_frame
from video_overview

-- How much is there in all?
--
-- One row for the whole warehouse.
-- events: annotated events.
-- contacts: events whose action is contact.
-- releases: events whose action is release.
-- videos: labelled videos.
-- videos_with_events: those of them that have an event.
-- decoded_videos: those of them that were decoded, perhaps not to the end.
-- unassigned_videos: those of them that are in no split.
-- templates: templates, including those without a video.
-- templates_with_videos: templates that have a video.
-- intervals: contacts whose next event by the same agent is a release, see interaction_intervals.
-- first_frame: lowest frame number of an event; null without events.
-- last_frame: highest frame number of an event; null without events.
with moments as (
    select
        count(*) as events,
        count(*) filter (where action = 'contact') as contacts,
        count(*) filter (where action = 'release') as releases,
        count(*) filter (where event_rank = 1) as videos,
        count(*) filter (where action = 'contact' and next_action = 'release') as intervals,
        min(frame_number) as first_frame,
        max(frame_number) as last_frame
    from event_neighbours
)

select
    events,
    contacts,
    releases,
    (select count(*) from videos) as videos,
    videos as videos_with_events,
    (select count(videos.width) from videos) as decoded_videos,
    (select count(*) from videos anti join splits using (video_id)) as unassigned_videos,
    (select count(*) from templates) as templates,
    (select count(distinct videos.template_id) from videos) as templates_with_videos,
    intervals,
    first_frame,
    last_frame
from moments

-- How many videos and events does each template have, and of which kinds and splits?
--
-- One row per template, the commonest first.
-- videos: videos of the template.
-- events: their events.
-- events_per_video: mean number of events in a video; null for a template without videos.
-- video_share: part of all videos, from 0 to 1; null without videos.
-- event_share: part of all events, from 0 to 1; null without events.
-- train_videos: videos in the split train.
-- validation_videos: videos in the split validation.
-- test_videos: videos in the split test.
-- unassigned_videos: videos in no split.
with counts as (
    select
        templates.template_id,
        templates.template,
        count(videos.video_id) as videos,
        coalesce(sum(videos.events), 0)::bigint as events,
        coalesce(sum(videos.contacts), 0)::bigint as contacts,
        coalesce(sum(videos.releases), 0)::bigint as releases,
        coalesce(sum(videos.hand_object_events), 0)::bigint as hand_object_events,  -- for each agent
        count(*) filter (where videos.split = 'train') as train_videos,
        count(*) filter (where videos.split = 'validation') as validation_videos,
        count(*) filter (where videos.split = 'test') as test_videos,
        count(*) filter (where videos.split = unassigned()) as unassigned_videos
    from templates
    left join video_overview as videos using (template_id)
    group by all
)

select
    template_id,
    template,
    videos,
    events,
    events / nullif(videos, 0) as events_per_video,
    videos / nullif(sum(videos) over (), 0) as video_share,
    events / nullif(sum(events) over (), 0) as event_share,
    contacts,
    releases,
    hand_object_events,  -- for each agent
    train_videos,
    validation_videos,
    test_videos,
    unassigned_videos
from counts
order by videos desc, template asc

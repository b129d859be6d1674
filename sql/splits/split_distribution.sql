-- How many videos and events does each split have, and of which kinds?
--
-- One row per split, the largest first; videos in no split form the row unassigned.
-- videos: videos in the split.
-- templates: templates that have a video in the split.
-- events: events of these videos.
-- events_per_video: mean number of events in a video.
-- video_share: part of all videos, from 0 to 1.
-- event_share: part of all events, from 0 to 1; null without events.
with counts as (
    select
        split,
        count(*) as videos,
        count(distinct template_id) as templates,
        sum(events)::bigint as events,
        sum(contacts)::bigint as contacts,
        sum(releases)::bigint as releases,
        sum(hand_object_events)::bigint as hand_object_events  -- for each agent
    from video_overview
    group by split
)

select
    split,
    videos,
    templates,
    events,
    events / videos as events_per_video,
    videos / sum(videos) over () as video_share,
    events / nullif(sum(events) over (), 0) as event_share,
    contacts,
    releases,
    hand_object_events  -- for each agent
from counts
order by videos desc, split asc

-- How many events of each kind do videos have, whatever their order?
--
-- One row per combination of numbers that occurs in a video with events, the commonest first.
-- videos: videos with these numbers of events.
-- video_share: part of all videos that have events, from 0 to 1.
-- events: events in such a video.
-- hand_object_contacts: contacts of the agent hand-object in such a video.  -- for each agent
-- hand_object_releases: releases of the agent hand-object in such a video.  -- for each agent
with counts as (
    select
        video_id,
        count(*) as events,
        count(*) filter (where agent = 'hand-object' and action = 'contact') as hand_object_contacts,  -- for each agent
        count(*) filter (where agent = 'hand-object' and action = 'release') as hand_object_releases  -- for each agent
    from events
    group by video_id
)

select
    count(*) as videos,
    count(*) / sum(count(*)) over () as video_share,
    events,
    hand_object_contacts,  -- for each agent
    hand_object_releases  -- for each agent
from counts
group by
    events,
    hand_object_contacts,  -- for each agent
    hand_object_releases  -- for each agent
order by
    videos desc,
    hand_object_contacts asc,  -- for each agent
    hand_object_releases asc  -- for each agent

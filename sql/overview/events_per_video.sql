-- How many events does a video have?
--
-- One row per split and number of events that a video of it has.
-- events: events in the video; 0 for a video without any.
-- videos: videos of the split with that many events.
-- share: part of the split's videos, from 0 to 1.
select
    split,
    events,
    count(*) as videos,
    count(*) / sum(count(*)) over (partition by split) as share
from video_overview
group by split, events
order by split, events

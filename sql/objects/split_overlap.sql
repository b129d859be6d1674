-- How do the splits of the annotations relate to SSv2's own: what has a model seen that was trained on SSv2?
--
-- One row per split of the annotations and split of SSv2 that share a video. A test video of the annotations in SSv2's
-- train split leaks into a test of a model that was pre-trained on SSv2.
-- videos: annotated videos in both.
-- events: their events.
-- video_share: part of the annotations' split, among videos whose SSv2 split is known, from 0 to 1.
with counts as (
    select
        video_id,
        count(*) as events
    from events
    group by video_id
)

select
    labels.split,
    ssv2_videos.ssv2_split,
    count(*) as videos,
    sum(counts.events)::bigint as events,
    count(*) / sum(count(*)) over (partition by labels.split) as video_share
from video_labels as labels
inner join ssv2_videos using (video_id)
inner join counts using (video_id)
group by labels.split, ssv2_videos.ssv2_split
order by labels.split, ssv2_videos.ssv2_split

-- Which videos have exceptionally many events?
--
-- One row per video with more events than the fence, the most first.
-- events: its events.
-- fence: the upper quartile of all videos plus three times the distance between the quartiles.
--
-- Beyond this fence is what Tukey calls far out. Many events may be right, as when things are piled or counted; take a
-- look before you use such a video as an example.
with fences as (
    select quantile_cont(events, 0.75) + 3 * (quantile_cont(events, 0.75) - quantile_cont(events, 0.25)) as fence
    from video_overview
)

select
    videos.video_id,
    videos.template,
    videos.split,
    videos.events,
    fences.fence
from video_overview as videos
cross join fences
where videos.events > fences.fence
order by videos.events desc, videos.video_id asc

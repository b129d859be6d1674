-- In which order do the label files list the events of a video?
--
-- One row per order that occurs, over the videos with at least two events.
-- published_order: 'earliest first', if no event is listed before an earlier one; 'latest first'; or 'mixed'.
-- videos: videos whose events are listed in that order.
-- video_share: their share of the videos with at least two events.
-- events: events of these videos.
--
-- event_index is the place in this order. If it is not 'earliest first', use frame_number. Events on one frame
-- count as in order, so a video whose events all lie on one frame is 'earliest first'.
with steps as (
    select
        video_id,
        frame_number - lag(frame_number) over (partition by video_id order by event_index) as step_frames
    from events
),

videos_in_order as (
    select
        video_id,
        case
            when min(step_frames) >= 0 then 'earliest first'
            when max(step_frames) <= 0 then 'latest first'
            else 'mixed'
        end as published_order,
        count(*) as events
    from steps
    group by video_id
    having count(*) > 1
)

select
    published_order,
    count(*) as videos,
    count(*) / sum(count(*)) over () as video_share,
    sum(events)::bigint as events
from videos_in_order
group by published_order
order by videos desc, published_order asc

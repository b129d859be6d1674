-- How much do hand and object overlap around a hand's contact or release?
--
-- One row per event of the agent hand-object and frame with boxes of both, from 3 before the event to 3 after it: the
-- pair of a hand and an object that overlaps most. Videos whose boxes are known to be misaligned are left out.
-- frame_offset: frames from the event to the frame of the boxes, negative before it.
-- instance: the number of that object in four digits.
-- overlap_px: area of the intersection of the two boxes in square pixels, 0 if they do not overlap.
-- overlap_share: that area as part of the smaller box, from 0 to 1.
with around as (
    select
        events.video_id,
        events.event_index,
        events.action,
        steps.frame_offset::integer as frame_offset,
        events.frame_number + steps.frame_offset as frame_number
    from events
    cross join range(-3, 4) as steps (frame_offset)
    where events.agent = 'hand-object'
),

pairs as (
    select
        around.video_id,
        around.event_index,
        around.action,
        around.frame_offset,
        things.instance,
        greatest(least(hands.x2, things.x2) - greatest(hands.x1, things.x1), 0)
        * greatest(least(hands.y2, things.y2) - greatest(hands.y1, things.y1), 0) as overlap_px,
        least(
            (hands.x2 - hands.x1) * (hands.y2 - hands.y1), (things.x2 - things.x1) * (things.y2 - things.y1)
        ) as smaller_px,
        hands.box_index as hand_index,
        things.box_index as thing_index
    from around
    inner join boxes as hands
        on around.video_id = hands.video_id and around.frame_number = hands.frame_number and hands.is_hand
    inner join boxes as things
        on around.video_id = things.video_id and around.frame_number = things.frame_number and not things.is_hand
)

select
    pairs.video_id,
    pairs.event_index,
    pairs.action,
    pairs.frame_offset,
    pairs.instance,
    pairs.overlap_px,
    pairs.overlap_px / pairs.smaller_px as overlap_share
from pairs
inner join boxed_videos using (video_id)
where boxed_videos.boxes_aligned is distinct from false
qualify row_number() over (
    partition by pairs.video_id, pairs.event_index, pairs.frame_offset
    order by pairs.overlap_px desc, pairs.hand_index asc, pairs.thing_index asc
) = 1

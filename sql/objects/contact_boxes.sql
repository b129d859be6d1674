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

near as (
    select
        around.video_id,
        around.event_index,
        around.action,
        around.frame_offset,
        boxes.box_index,
        boxes.instance,
        boxes.is_hand,
        boxes.x1,
        boxes.y1,
        boxes.x2,
        boxes.y2
    from around
    inner join boxes using (video_id, frame_number)
),

pairs as (
    select
        hands.video_id,
        hands.event_index,
        hands.action,
        hands.frame_offset,
        greatest(least(hands.x2, things.x2) - greatest(hands.x1, things.x1), 0)
        * greatest(least(hands.y2, things.y2) - greatest(hands.y1, things.y1), 0) as overlap_px,
        least(
            (hands.x2 - hands.x1) * (hands.y2 - hands.y1), (things.x2 - things.x1) * (things.y2 - things.y1)
        ) as smaller_px,
        struct_pack(  -- the first that is different decides
            opposite_px := -overlap_px,
            hand_index := hands.box_index,
            thing_index := things.box_index,
            instance := things.instance,
            smaller_px := smaller_px
        ) as pair
    from near as hands
    inner join near as things using (video_id, event_index, frame_offset)
    where hands.is_hand and not things.is_hand
),

best as (
    select
        video_id,
        event_index,
        action,
        frame_offset,
        min(pair) as pair
    from pairs
    group by video_id, event_index, action, frame_offset
)

select
    best.video_id,
    best.event_index,
    best.action,
    best.frame_offset,
    best.pair.instance,
    -best.pair.opposite_px as overlap_px,
    -best.pair.opposite_px / best.pair.smaller_px as overlap_share
from best
inner join box_alignment using (video_id)
where box_alignment.boxes_aligned is distinct from false

-- How far is each event's point from the nearest hand and from the nearest object, and which object is it?
--
-- One row per event on a frame with boxes; without the events of videos whose boxes are known to be misaligned.
-- hand_distance_px: pixels from the point to the nearest hand's box, 0 inside; null without a hand's box on the frame.
-- object_distance_px: pixels from the point to the nearest object's box, 0 inside; null without such a box.
-- instance: the nearest object's number in four digits; of equally near ones the first.
-- category: what is in the nearest object's box, as published.
-- noun: the object of the placeholder with that number, see video_objects; null where it is not known.
-- boxes_aligned: true, or null where the video was not decoded to its end; see box_alignment.
with placed as (
    select
        events.*,
        boxes.box_index,
        boxes.instance,
        boxes.is_hand,
        boxes.category,
        sqrt(
            greatest(boxes.x1 - events.point_x, 0, events.point_x - boxes.x2) ** 2
            + greatest(boxes.y1 - events.point_y, 0, events.point_y - boxes.y2) ** 2
        ) as distance_px
    from events
    inner join boxes using (video_id, frame_number)
),

nearest as (
    select
        video_id,
        event_index,
        action,
        agent,
        frame_number,
        point_x,
        point_y,
        min(distance_px) filter (where is_hand) as hand_distance_px,
        min(distance_px) filter (where not is_hand) as object_distance_px,
        arg_min(instance, (distance_px, box_index)) filter (where not is_hand) as instance,
        arg_min(category, (distance_px, box_index)) filter (where not is_hand) as category
    from placed
    group by all
)

select
    nearest.video_id,
    nearest.event_index,
    nearest.action,
    nearest.agent,
    nearest.frame_number,
    nearest.point_x,
    nearest.point_y,
    nearest.hand_distance_px,
    nearest.object_distance_px,
    nearest.instance,
    nearest.category,
    named.noun,
    box_alignment.boxes_aligned
from nearest
inner join box_alignment using (video_id)
left join video_objects as named
    on nearest.video_id = named.video_id and try_cast(nearest.instance as integer) = named.placeholder_index
where box_alignment.boxes_aligned is distinct from false

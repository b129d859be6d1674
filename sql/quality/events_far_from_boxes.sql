-- Which events are far from every hand and every object, according to the Something-Else boxes?
--
-- One row per event whose point is more than far_from_box_px() pixels from all boxes of its frame, farthest first.
-- nearest_distance_px: pixels to the nearest box of a hand or an object.
select
    boxes.video_id,
    boxes.event_index,
    boxes.action,
    boxes.agent,
    labels.template,
    labels.split,
    boxes.frame_number,
    boxes.point_x,
    boxes.point_y,
    boxes.hand_distance_px,
    boxes.object_distance_px,
    least(boxes.hand_distance_px, boxes.object_distance_px) as nearest_distance_px,
    boxes.boxes_aligned
from event_boxes as boxes
left join video_labels as labels using (video_id)
where least(boxes.hand_distance_px, boxes.object_distance_px) > far_from_box_px()
order by nearest_distance_px desc, boxes.video_id asc, boxes.event_index asc

-- Which events lie inside a rectangle of the picture?
--
-- One row per event whose point is in the rectangle, its edges included; everything in pixels.
-- example: from events_in_rectangle(100, 60, 140, 100)
create or replace macro events_in_rectangle(x_min integer, y_min integer, x_max integer, y_max integer) as table
    select
        video_id,
        event_index,
        action,
        agent,
        template,
        split,
        frame_number,
        point_x,
        point_y
    from event_coordinates
    where point_x between x_min and x_max and point_y between y_min and y_max

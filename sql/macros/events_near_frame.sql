-- Which events happen near a frame number?
--
-- One row per event at most `within` frames from `frame`, before or after, in any video.
-- example: from events_near_frame(10, within := 2)
-- offset_frames: frames from `frame` to the event; negative before it.
--
-- For one video add where video_id = '…'.
create or replace macro events_near_frame(frame integer, within integer := 2) as table
    select
        video_id,
        event_index,
        action,
        agent,
        template,
        split,
        frame_number,
        frame_number - frame as offset_frames,
        point_x,
        point_y
    from event_coordinates
    where frame_number between frame - within and frame + within

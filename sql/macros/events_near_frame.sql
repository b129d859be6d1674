-- Which events happen near a frame number?
--
-- One row per event at most `within` frames from `frame`, before or after, in any video.
-- example: from events_near_frame(10, within := 2)
-- video_id: the video.
-- event_index: position in the video's published list, from 0.
-- action: contact or release.
-- agent: hand-object, object-surface or object-object.
-- template: the template's text.
-- split: train, validation or test; unassigned where the video is in no split.
-- frame_number: frame of the event, from 0.
-- offset_frames: frames from `frame` to the event; negative before it.
-- point_x: pixels from the left edge.
-- point_y: pixels from the top edge.
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

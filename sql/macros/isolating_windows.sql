-- Which events fit into a window of n frames that holds no other event, and where may it start?
--
-- One row per event with such a window: of `frames` frames, inside the video.
-- example: from isolating_windows(10, inside_annotated := true)
-- first_start: first frame at which the window may start.
-- last_start: last frame at which the window may start.
-- windows: the number of windows: last_start - first_start + 1.
--
-- A video that was not decoded has no known end: with inside_annotated := true no window runs past the last annotated
-- frame of its video, which is sure to exist. This also holds for decoded videos, so that one rule applies to all.
-- Events that share a frame can never be separated.
create or replace macro isolating_windows(frames integer, inside_annotated boolean := false) as table
    with neighbours as (
        select
            *,
            lead(frame_number) over in_time as frame_after,
            max(frame_number) over (partition by video_id) as last_annotated_frame
        from event_neighbours
        window in_time as (partition by video_id order by event_rank)
    ),

    labelled as (
        select
            neighbours.*,
            neighbours.frame_number - neighbours.gap_frames as frame_before,
            templates.template,
            videos.frame_count
        from neighbours
        left join templates using (template_id)
        left join videos on neighbours.video_id = videos.video_id and videos.frame_count is not null
    ),

    starts as (
        select
            *,
            greatest(0, frame_before + 1, frame_number - frames + 1) as first_start,
            least(
                frame_number + frames - 1,
                frame_after - 1,
                frame_count - 1,
                case when inside_annotated then last_annotated_frame end
            ) - frames + 1 as last_start
        from labelled
    )

    select
        video_id,
        event_index,
        action,
        agent,
        template,
        split,
        frame_number,
        first_start,
        last_start,
        last_start - first_start + 1 as windows
    from starts
    where
        case
            when frames > 0 then first_start <= last_start
            else error('found frames ' || coalesce(frames::varchar, 'null') || ', expected 1 or more')
        end

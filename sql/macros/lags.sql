-- How long after one kind of event does another kind come, whatever happens in between?
--
-- One row per event of the first kind that has an event of the second kind on its frame or later, in the same video.
-- example: from lags('release', 'hand-object', 'contact', 'object-surface')
-- event_index: event_index of the event of the first kind.
-- frame_number: its frame, from 0.
-- then_event_index: event_index of the nearest event of the second kind, on the same frame or later.
-- then_frame_number: its frame, from 0.
-- lag_frames: frames from the one to the other; 0 when both lie on one frame.
-- lag_s: the same in seconds; null where either time is unknown.
-- events_between: events of the video between the two, in the order of event_timing.
--
-- The example gives the lag from a hand's release to the contact with the surface, with or without other events in
-- between; for the opposite direction, swap the kinds. Several events may have the same event of the second kind.
create or replace macro lags(
    first_action varchar, first_agent varchar, then_action varchar, then_agent varchar
) as table
    with firsts as (
        select *
        from event_timing
        where action = first_action and agent = first_agent
    ),

    thens as (
        select *
        from event_timing
        where action = then_action and agent = then_agent
    )

    select
        firsts.video_id,
        firsts.template,
        firsts.split,
        firsts.event_index,
        firsts.frame_number,
        thens.event_index as then_event_index,
        thens.frame_number as then_frame_number,
        thens.frame_number - firsts.frame_number as lag_frames,
        thens.time_s - firsts.time_s as lag_s,
        abs(thens.event_rank - firsts.event_rank) - 1 as events_between
    from firsts
    inner join thens
        on
            firsts.video_id = thens.video_id
            and firsts.event_index <> thens.event_index
            and firsts.frame_number <= thens.frame_number
    qualify row_number() over (
        partition by firsts.video_id, firsts.event_index
        order by thens.frame_number, thens.event_index
    ) = 1

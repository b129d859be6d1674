-- How are the events distributed over frames, seconds or the length of the video?
--
-- One row per action, agent and bin that holds an event, in bins of `bin_width` of a measure.
-- example: from timing_histogram(0.5, measure := 'time_s')
-- bin_start: where the bin starts, in frames, seconds or lengths of the video; null where the measure is unknown.
-- bin_end: where the next bin starts; the last bin of a position ends at 1.
-- events: events from bin_start up to, but not including, bin_end; position 1, the last frame, is in the last bin.
--
-- The measure is a column of event_timing: 'frame_number' (the default), 'time_s' or 'relative_position'; the position
-- of an event past the end of its video is unknown. Timestamps of many files are rounded to milliseconds, so in
-- seconds an event counts from half a millisecond before bin_start on, or a twentieth of the bin if that is less.
create or replace macro timing_histogram(bin_width double := 1, measure varchar := 'frame_number') as table
    with measured as (
        select
            action,
            agent,
            case measure
                when 'frame_number' then frame_number
                when 'time_s' then time_s
                when 'relative_position' then case when relative_position <= 1 then relative_position end
                else error(
                    'found measure ' || coalesce(measure, 'null')
                    || ', expected frame_number, time_s or relative_position'
                )
            end as amount,
            case
                when bin_width > 0 and isfinite(bin_width) then bin_width
                else error('found bin_width ' || coalesce(bin_width::varchar, 'null') || ', expected more than 0')
            end as width,
            case when measure = 'time_s' then least(0.05, 0.0005 / bin_width) else 0 end as early
        from event_timing
    ),

    bins as (
        select
            action,
            agent,
            width,
            -- 0.3 / 0.1 is below 3 in binary: the tolerance keeps such values in their bin
            case
                when measure = 'relative_position' and amount = 1 then ceil(1 / width - 1e-9) - 1
                else floor(amount / width + early + 1e-9)
            end as bin,
            count(*) as events
        from measured
        group by all
    )

    select
        action,
        agent,
        bin * width as bin_start,
        case when measure = 'relative_position' and (bin + 1) * width > 1 then 1 else (bin + 1) * width end as bin_end,
        events
    from bins
    order by action, agent, bin_start

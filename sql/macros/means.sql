-- What are the mean and standard deviation of a measure of the events, and how certain is the mean?
--
-- One row per group that has a known value; grouped_by says which kind.
-- example: from means('point_x')
-- grouped_by: all, action, action and agent, template, split, or template, action and agent.
-- action: the action, where grouped by action.
-- agent: the agent, where grouped by agent.
-- template: the template's text, where grouped by template.
-- split: the split or unassigned, where grouped by split.
-- videos: videos of the group with a known value.
-- events: events of the group with a known value.
-- mean: mean over these events.
-- sd: their sample standard deviation; null for a single event.
-- mean_low: lower end of the interval of 95 % of the mean; null for a single video.
-- mean_high: upper end of that interval.
--
-- The measure is 'frame_number' (the default), 'time_s', 'relative_position', 'gap_frames', 'point_x', 'point_y',
-- 'relative_x' or 'relative_y'. The interval is 1.96 standard errors to each side, for samples of whole videos, because
-- the events of one video resemble each other; with few videos it is too short.
create or replace macro means(measure varchar := 'frame_number') as table
    with measured as (
        select
            video_id,
            template,
            split,
            action,
            agent,
            case measure
                when 'frame_number' then frame_number
                when 'time_s' then time_s
                when 'relative_position' then relative_position
                when 'gap_frames' then gap_frames
                else error('found measure ' || coalesce(measure, 'null') || ', expected a name such as frame_number')
            end as amount
        from event_timing
        where coalesce(measure not in ('point_x', 'point_y', 'relative_x', 'relative_y'), true)
        union all
        select
            video_id,
            template,
            split,
            action,
            agent,
            case measure
                when 'point_x' then point_x
                when 'point_y' then point_y
                when 'relative_x' then relative_x
                else relative_y
            end as amount
        from event_coordinates
        where measure in ('point_x', 'point_y', 'relative_x', 'relative_y')
    ),

    of_videos as (
        select
            video_id,
            template,
            split,
            action,
            agent,
            count(*) as n,
            sum(amount) as total,
            sum(amount ** 2) as squares
        from measured
        where amount is not null
        group by
            grouping sets (
                (video_id, template, split),
                (video_id, template, split, action),
                (video_id, template, split, action, agent)
            )
    ),

    groups as (
        select
            action,
            agent,
            template,
            split,
            concat_ws(
                ', ',
                case when grouping(template) = 0 then 'template' end,
                case when grouping(split) = 0 then 'split' end,
                case when agent is not null then 'action and agent' when action is not null then 'action' end
            ) as kind,
            count(*) as videos,
            sum(n)::bigint as events,
            sum(total) / sum(n) as mean,
            sum(squares) as squares,
            sum(total ** 2) - 2 * mean * sum(total * n) + mean ** 2 * sum(n ** 2) as residues
        from of_videos
        group by grouping sets ((action, agent), (action, agent, template), (action, agent, split))
    )

    select
        case when kind = '' then 'all' else kind end as grouped_by,
        action,
        agent,
        template,
        split,
        videos,
        events,
        mean,
        sqrt(greatest(0, squares - events * mean ** 2) / nullif(events - 1, 0)) as sd,
        mean - 1.959963984540054 * sqrt(greatest(0, residues) * videos / nullif(videos - 1, 0)) / events as mean_low,
        mean + 1.959963984540054 * sqrt(greatest(0, residues) * videos / nullif(videos - 1, 0)) / events as mean_high
    from groups
    where kind in ('', 'action', 'action and agent', 'template', 'split', 'template, action and agent')
    order by grouped_by, action, agent, template, split

-- What do the events of one template look like?
--
-- One row per action and agent that occurs in the template.
-- example: from template_profile('Closing something')
-- videos: videos of the template that have such an event.
-- events: such events.
-- share: part of the template's events, from 0 to 1.
-- overall_share: part of all events, including the template's own, that have that action and agent.
-- frame_p25: frame at the 25 % quantile, interpolated between neighbours.
-- frame_median: median frame.
-- frame_p75: frame at the 75 % quantile.
-- position_median: median relative position in the video; null where the length of no video is known.
-- centre_x: mean of point_x in pixels.
-- centre_y: mean of point_y in pixels.
-- spread_px: root of the mean squared distance to the centre, in pixels.
create or replace macro template_profile(template_text varchar) as table
    with moments as (
        select *
        from event_timing
        where template = template_text
    ),

    profile as (
        select
            moments.action,
            moments.agent,
            count(distinct moments.video_id) as videos,
            count(*) as events,
            count(*) / sum(count(*)) over () as share,
            quantile_cont(moments.frame_number, [0.25, 0.5, 0.75]) as frames,
            median(moments.relative_position) as position_median,
            avg(events.point_x) as centre_x,
            avg(events.point_y) as centre_y,
            sqrt(var_pop(events.point_x) + var_pop(events.point_y)) as spread_px
        from moments
        inner join events using (video_id, event_index)
        group by moments.action, moments.agent
    )

    select
        profile.action,
        profile.agent,
        profile.videos,
        profile.events,
        profile.share,
        event_mix.share as overall_share,
        profile.frames[1] as frame_p25,
        profile.frames[2] as frame_median,
        profile.frames[3] as frame_p75,
        profile.position_median,
        profile.centre_x,
        profile.centre_y,
        profile.spread_px
    from profile
    inner join event_mix using (action, agent)
    order by profile.action, profile.agent

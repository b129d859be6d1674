-- In which part of the picture do events happen, in pixels: a heat map?
--
-- One row per template, action, agent and square of 20 × 20 pixels that holds an event. Sum over what is not asked for.
-- template: the template's text.
-- action: contact or release.
-- agent: hand-object, object-surface or object-object.
-- cell_x: column of the square, from 0 at the left edge; it starts at pixel 20 × cell_x.
-- cell_y: row of the square, from 0 at the top edge; it starts at pixel 20 × cell_y.
-- events: events inside the square.
select
    labels.template,
    events.action,
    events.agent,
    events.point_x // 20 as cell_x,
    events.point_y // 20 as cell_y,
    count(*) as events
from events
left join video_labels as labels using (video_id)
group by all
order by all

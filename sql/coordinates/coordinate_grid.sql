-- In which part of the picture do events happen, in pixels, by template, split, action and agent: a heat map?
--
-- One row per template, split, action, agent and square of cell_px() pixels with an event.
-- Sum over the columns that are not needed.
-- cell_x: column of the square, from 0 at the left edge; it starts at pixel cell_px() × cell_x.
-- cell_y: row of the square, from 0 at the top edge; it starts at pixel cell_px() × cell_y.
-- events: events inside the square.
select
    templates.template,
    events.split,
    events.action,
    events.agent,
    events.point_x // cell_px() as cell_x,
    events.point_y // cell_px() as cell_y,
    count(*) as events
from event_neighbours as events
left join templates using (template_id)
group by all
order by all

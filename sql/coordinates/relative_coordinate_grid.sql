-- In which part of the picture do events happen, in tenths of its width and height, by template and split: a heat map?
--
-- One row per template, split, action, agent and cell that holds an event of a decoded video.
-- Sum over the columns that are not needed.
-- cell_x: column of the cell, from 0 at the left edge to 9; 10 and more lie outside the picture.
-- cell_y: row of the cell, from 0 at the top edge to 9; 10 and more lie outside the picture.
-- events: events inside the cell.
--
-- Empty until videos are decoded, because picture sizes are not published. coordinate_grid counts in pixels; heat_map
-- has cells of any size.
select
    labels.template,
    labels.split,
    events.action,
    events.agent,
    events.point_x * 10 // labels.width as cell_x,
    events.point_y * 10 // labels.height as cell_y,
    count(*) as events
from events
left join video_labels as labels using (video_id)
where labels.width is not null and labels.height is not null
group by all
order by all

-- In which part of the picture do events happen: a heat map with cells of any size?
--
-- One row per template, split, action, agent and square cell with an event. Sum over the columns that are not needed.
-- example: from heat_map(40)
-- x_start: left edge of the cell, in pixels or in widths of the picture; null where the width is unknown.
-- x_end: left edge of the next cell.
-- y_start: top edge of the cell, in pixels or in heights of the picture; null where the height is unknown.
-- y_end: top edge of the next cell.
-- events: events inside the cell.
--
-- The measure is 'pixels' (the default) or 'relative': parts of the width and height, known only for decoded videos, so
-- that heat_map(0.1, 'relative') divides every picture into ten columns and rows.
create or replace macro heat_map(cell double := 20, measure varchar := 'pixels') as table
    with measured as (
        select
            *,
            case measure
                when 'pixels' then point_x
                when 'relative' then relative_x
                else error('found measure ' || coalesce(measure, 'null') || ', expected pixels or relative')
            end as x,
            case when measure = 'pixels' then point_y else relative_y end as y,
            case
                when cell > 0 and isfinite(cell) then cell
                else error('found cell ' || coalesce(cell::varchar, 'null') || ', expected more than 0')
            end as size
        from event_coordinates
    ),

    cells as (
        select
            template,
            split,
            action,
            agent,
            size,
            -- 0.3 / 0.1 is below 3 in binary: the tolerance keeps such values in their cell
            floor(x / size + 1e-9) as cell_x,
            floor(y / size + 1e-9) as cell_y,
            count(*) as events
        from measured
        group by all
    )

    select
        template,
        split,
        action,
        agent,
        cell_x * size as x_start,
        (cell_x + 1) * size as x_end,
        cell_y * size as y_start,
        (cell_y + 1) * size as y_end,
        events
    from cells
    order by all

-- How far and where to do points move from contact to release: a heat map?
--
-- One row per agent and square of cell_px() pixels around a displacement, see interval_displacement.
-- cell_dx: the square in steps of cell_px() pixels to the right, negative to the left; 0 is centred on no movement.
-- cell_dy: the square in steps of cell_px() pixels down, negative upwards; 0 is centred on no movement.
-- intervals: intervals of the agent with such a displacement.
-- share: part of the agent's intervals, from 0 to 1.
select
    agent,
    floor(dx_px / cell_px() + 0.5)::integer as cell_dx,
    floor(dy_px / cell_px() + 0.5)::integer as cell_dy,
    count(*) as intervals,
    count(*) / sum(count(*)) over (partition by agent) as share
from interval_displacement
group by agent, cell_dx, cell_dy
order by agent, cell_dx, cell_dy

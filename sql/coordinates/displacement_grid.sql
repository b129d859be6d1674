-- How far and where to do points move from contact to release: a heat map?
--
-- One row per agent and square of 20 × 20 pixels around a displacement, see interval_displacement.
-- agent: hand-object, object-surface or object-object.
-- cell_dx: the square in steps of 20 pixels to the right, negative to the left; 0 is centred on no movement.
-- cell_dy: the square in steps of 20 pixels down, negative upwards; 0 is centred on no movement.
-- intervals: intervals of the agent with such a displacement.
-- share: part of the agent's intervals, from 0 to 1.
select
    agent,
    floor((dx_px + 10) / 20)::integer as cell_dx,
    floor((dy_px + 10) / 20)::integer as cell_dy,
    count(*) as intervals,
    count(*) / sum(count(*)) over (partition by agent) as share
from interval_displacement
group by agent, cell_dx, cell_dy
order by agent, cell_dx, cell_dy

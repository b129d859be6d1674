-- How long does contact last, including contacts that outlast their labels: a survival curve?
--
-- One row per agent and number of frames after which a contact ends or is censored.
-- frames: frames since the contact.
-- at_risk: contacts that are followed for at least this many frames.
-- released: contacts that end at this number of frames: outcome released of contact_outcomes.
-- censored: contacts censored at this number of frames: the agent makes contact again, or the labels end.
-- lasting_share: part of the contacts that last longer than this, from 0 to 1: the Kaplan–Meier estimate.
-- lasting_share_low: lower end of its interval of 95 %; null where the share is 0 or 1.
-- lasting_share_high: upper end of its interval of 95 %; null where the share is 0 or 1.
--
-- Hold times alone are too short, because long ones are cut off where the labels end. This estimate also uses what is
-- known about those; it assumes that censored contacts would have lasted like the others. A video that was not decoded
-- is followed to its last annotated frame. The first row with a share of 0.5 or less has the median. The intervals are
-- Greenwood's with the log-log transformation, and treat contacts of one video as independent.
with ends as (
    select
        agent,
        followed_frames as frames,
        count(*) filter (where outcome = 'released') as released,
        count(*) filter (where outcome <> 'released') as censored
    from contact_outcomes
    group by agent, followed_frames
),

risks as (
    select
        *,
        sum(released + censored) over (partition by agent order by frames desc)::bigint as at_risk
    from ends
),

curves as (
    select
        *,
        product(1 - released / at_risk) over so_far as lasting_share,
        sqrt(sum(released / nullif(at_risk * (at_risk - released), 0)) over so_far) as relative_error
    from risks
    window so_far as (partition by agent order by frames)
),

widths as (
    select
        *,
        case
            when lasting_share between 1e-12 and 1 - 1e-12
                then exp(1.959963984540054 * relative_error / -ln(lasting_share))
        end as width
    from curves
)

select
    agent,
    frames,
    at_risk,
    released,
    censored,
    lasting_share,
    lasting_share ** width as lasting_share_low,
    lasting_share ** (1 / width) as lasting_share_high
from widths
order by agent, frames

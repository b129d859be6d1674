-- In which order do the events of a video happen?
--
-- One row per video that has events. Events on one frame keep the order in which they were published.
-- events: events in the sequence.
-- signature: action and agent of each event in order of time, such as contact hand-object → release hand-object.
-- has_shared_frame: whether two of the events lie on one frame, so that their order in time is unknown.
with kinds as (
    select
        action,
        agent,
        row_number() over (order by action, agent) as kind
    from events
    group by action, agent
),

texts as (
    select list(action || ' ' || agent order by kind) as of_kinds
    from kinds
),

-- Numbers (the rank before the kind) are sorted in a fraction of the time that texts take.
sequences as (
    select
        events.video_id,
        events.template_id,
        events.split,
        count(*) as events,
        list_sort(list(1000 * events.event_rank + kinds.kind)) as ranked_kinds,
        count(*) filter (where events.gap_frames = 0) > 0 as has_shared_frame
    from event_neighbours as events
    inner join kinds using (action, agent)
    group by events.video_id, events.template_id, events.split
)

select
    sequences.video_id,
    templates.template,
    sequences.split,
    sequences.events,
    -- noqa: disable=RF02
    array_to_string([texts.of_kinds[ranked % 1000] for ranked in sequences.ranked_kinds], ' → ') as signature,
    -- noqa: enable=RF02
    sequences.has_shared_frame
from sequences
cross join texts
left join templates using (template_id)

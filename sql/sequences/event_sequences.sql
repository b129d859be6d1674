-- In which order do the events of a video happen?
--
-- One row per video that has events. Events on one frame keep the order in which they were published.
-- events: events in the sequence.
-- signature: action and agent of each event in order of time, such as contact hand-object → release hand-object.
-- has_shared_frame: whether two of the events lie on one frame, so that their order in time is unknown.
with sequences as (
    select
        video_id,
        count(*) as events,
        string_agg(action || ' ' || agent, ' → ' order by frame_number, event_index) as signature,
        len(list_distinct(list(frame_number))) < count(*) as has_shared_frame
    from events
    group by video_id
)

select
    sequences.video_id,
    labels.template,
    labels.split,
    sequences.events,
    sequences.signature,
    sequences.has_shared_frame
from sequences
left join video_labels as labels using (video_id)

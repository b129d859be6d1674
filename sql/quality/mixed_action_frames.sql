-- On which frames is something both touched and released?
--
-- One row per frame that holds a contact and a release, those of one agent first.
-- contacts: contacts on the frame.
-- releases: releases on the frame.
-- has_shared_agent: whether a contact and a release on the frame have the same agent.
--
-- Natural for different agents: a hand lets go at the moment the object meets a surface. With one agent the order
-- of the two is unknown; every view takes them as published. A model that gives a frame one label cannot find both.
with shared_frames as (
    select distinct
        video_id,
        frame_number
    from event_neighbours
    where gap_frames = 0
),

agents as (
    select
        events.video_id,
        events.frame_number,
        events.agent,
        count(*) filter (where events.action = 'contact') as contacts,
        count(*) filter (where events.action = 'release') as releases
    from events
    semi join shared_frames using (video_id, frame_number)
    group by events.video_id, events.frame_number, events.agent
),

frames as (
    select
        video_id,
        frame_number,
        sum(contacts)::bigint as contacts,
        sum(releases)::bigint as releases,
        bool_or(contacts > 0 and releases > 0) as has_shared_agent
    from agents
    group by video_id, frame_number
)

select
    frames.video_id,
    frames.frame_number,
    labels.template,
    labels.split,
    frames.contacts,
    frames.releases,
    frames.has_shared_agent
from frames
left join video_labels as labels using (video_id)
where frames.contacts > 0 and frames.releases > 0
order by
    frames.has_shared_agent desc,
    frames.contacts + frames.releases desc,
    frames.video_id asc,
    frames.frame_number asc

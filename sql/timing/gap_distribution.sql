-- How many frames lie between one event and the next: the distribution of gaps?
--
-- One row per pair of kinds of events that follow each other in a video, and number of frames between them.
-- action: action of the earlier event.
-- agent: agent of the earlier event.
-- next_action: action of the event that follows.
-- next_agent: agent of the event that follows.
-- gap_frames: frames between the two; 0 when both lie on one frame.
-- transitions: how often that happens. Sum over what is not asked for.
-- share: part of the transitions between the two kinds, from 0 to 1.
with transitions as (
    select
        action,
        agent,
        lead(action) over in_time as next_action,
        lead(agent) over in_time as next_agent,
        lead(frame_number) over in_time - frame_number as gap_frames
    from events
    window in_time as (partition by video_id order by frame_number, event_index)
)

select
    action,
    agent,
    next_action,
    next_agent,
    gap_frames,
    count(*) as transitions,
    count(*) / sum(count(*)) over (partition by action, agent, next_action, next_agent) as share
from transitions
where next_action is not null
group by action, agent, next_action, next_agent, gap_frames
order by action, agent, next_action, next_agent, gap_frames

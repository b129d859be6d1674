-- What is in each video: its labels, its events, and the frames they span?
--
-- One row per video.
-- events: annotated events.
-- contacts: events whose action is contact.
-- releases: events whose action is release.
-- hand_object_events: events whose agent is hand-object.  -- for each agent
-- first_frame: frame of the first event; null without events.
-- last_frame: frame of the last event; null without events.
-- span_frames: frames from the first event to the last; 0 where all lie on one frame, null without events.
with event_counts as (
    select
        video_id,
        count(*) as events,
        count(*) filter (where action = 'contact') as contacts,
        count(*) filter (where action = 'release') as releases,
        count(*) filter (where agent = 'hand-object') as hand_object_events,  -- for each agent
        min(frame_number) as first_frame,
        max(frame_number) as last_frame
    from events
    group by video_id
)

select
    labels.video_id,
    labels.template_id,
    labels.template,
    labels.split,
    coalesce(counts.events, 0) as events,
    coalesce(counts.contacts, 0) as contacts,
    coalesce(counts.releases, 0) as releases,
    coalesce(counts.hand_object_events, 0) as hand_object_events,  -- for each agent
    counts.first_frame,
    counts.last_frame,
    counts.last_frame - counts.first_frame as span_frames,
    labels.width,
    labels.height,
    labels.frame_count,
    labels.duration_s
from video_labels as labels
left join event_counts as counts using (video_id)

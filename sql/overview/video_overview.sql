-- What is in each video: its labels, its events, and the frames they span?
--
-- One row per video.
-- video_id: the video.
-- template_id: position of the template in the published map, from 0.
-- template: the template's text.
-- split: train, validation or test; unassigned where the video is in no split.
-- events: annotated events.
-- contacts: events whose action is contact.
-- releases: events whose action is release.
-- hand_object_events: events whose agent is hand-object.
-- object_surface_events: events whose agent is object-surface.
-- object_object_events: events whose agent is object-object.
-- first_frame: frame of the first event; null without events.
-- last_frame: frame of the last event; null without events.
-- span_frames: frames from the first event to the last; 0 where all lie on one frame, null without events.
-- width: width of the picture in pixels; null where the video was not decoded.
-- height: height of the picture in pixels; null where the video was not decoded.
-- frame_count: frames of the video; null where it was not decoded to its end.
-- duration_s: duration in seconds; null where the video was not decoded to its end.
with event_counts as (
    select
        video_id,
        count(*) as events,
        count(*) filter (where action = 'contact') as contacts,
        count(*) filter (where action = 'release') as releases,
        count(*) filter (where agent = 'hand-object') as hand_object_events,
        count(*) filter (where agent = 'object-surface') as object_surface_events,
        count(*) filter (where agent = 'object-object') as object_object_events,
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
    coalesce(counts.hand_object_events, 0) as hand_object_events,
    coalesce(counts.object_surface_events, 0) as object_surface_events,
    coalesce(counts.object_object_events, 0) as object_object_events,
    counts.first_frame,
    counts.last_frame,
    counts.last_frame - counts.first_frame as span_frames,
    labels.width,
    labels.height,
    labels.frame_count,
    labels.duration_s
from video_labels as labels
left join event_counts as counts using (video_id)

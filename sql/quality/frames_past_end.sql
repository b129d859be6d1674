-- Which events lie after the last decoded frame of their video?
--
-- One row per event whose frame does not exist in its video, if that was decoded to its end,
-- the farthest past the end first.
-- frame_count: frames that were decoded; the last is frame_count - 1.
--
-- Either the video is damaged or cut, or it was decoded to another number of frames than when it was annotated.
-- Such an event has no time and no file.
select
    events.video_id,
    events.event_index,
    events.action,
    events.agent,
    labels.template,
    labels.split,
    events.frame_number,
    labels.frame_count
from events
inner join video_labels as labels using (video_id)
where events.frame_number >= labels.frame_count
order by events.frame_number - labels.frame_count desc, events.video_id asc, events.event_index asc

-- Which actions, agents, splits and time sources are not among the allowed ones?
--
-- One row per row of events, splits, videos or ssv2_videos and value that is not allowed.
-- level: error
-- table_name: the table.
-- column_name: the column.
-- found: the value.
select
    'events' as table_name,
    video_id,
    'action' as column_name,
    action as found
from events
where not list_contains(allowed_actions(), action)
union all
select
    'events' as table_name,
    video_id,
    'agent' as column_name,
    agent as found
from events
where not list_contains(allowed_agents(), agent)
union all
select
    'splits' as table_name,
    video_id,
    'split' as column_name,
    split as found
from splits
where not list_contains(allowed_splits(), split)
union all
select
    'videos' as table_name,
    video_id,
    'time_source' as column_name,
    time_source as found
from videos
where not list_contains(allowed_time_sources(), time_source)
union all
select
    'ssv2_videos' as table_name,
    video_id,
    'ssv2_split' as column_name,
    ssv2_split as found
from ssv2_videos
where not list_contains(allowed_splits(), ssv2_split)

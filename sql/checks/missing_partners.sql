-- Which rows refer to a row that is not there?
--
-- One row per key and table that lacks it.
-- level: error
-- found_in: the table that has the key.
-- missing_in: the table that lacks it.
-- key: the video_id or template_id.
select distinct
    'events' as found_in,
    'videos' as missing_in,
    video_id as key
from events
anti join videos using (video_id)
union all
select
    'videos' as found_in,
    'events' as missing_in,
    video_id as key
from videos
anti join events using (video_id)
union all
select
    'splits' as found_in,
    'videos' as missing_in,
    video_id as key
from splits
anti join videos using (video_id)
union all
select distinct
    'videos' as found_in,
    'templates' as missing_in,
    template_id::varchar as key
from videos
anti join templates using (template_id)
union all
select distinct
    'objects' as found_in,
    'ssv2_videos' as missing_in,
    video_id as key
from objects
anti join ssv2_videos using (video_id)

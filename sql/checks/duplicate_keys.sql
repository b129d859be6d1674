-- Which keys occur more than once in their table?
--
-- One row per table and key that is not unique.
-- level: error
-- table_name: the table.
-- key: the values of the key, as text.
-- occurrences: how many rows have it.
with keys as (
    select
        'events' as table_name,
        video_id || ' ' || event_index as key
    from events
    union all
    select
        'videos' as table_name,
        video_id as key
    from videos
    union all
    select
        'templates' as table_name,
        template_id::varchar as key
    from templates
    union all
    select
        'templates' as table_name,
        template as key
    from templates
    union all
    select
        'splits' as table_name,
        video_id as key
    from splits
    union all
    select
        'frame_index' as table_name,
        video_id || ' ' || frame_number as key
    from frame_index
    union all
    select
        'unlabelled_videos' as table_name,
        video_id as key
    from unlabelled_videos
    union all
    select
        'ssv2_videos' as table_name,
        video_id as key
    from ssv2_videos
    union all
    select
        'objects' as table_name,
        video_id || ' ' || placeholder_index as key
    from objects
),

-- There may be millions of boxes: their keys are counted directly, not as text.
boxes_per_key as (
    select
        video_id,
        frame_number,
        box_index,
        count(*) as occurrences
    from boxes
    group by video_id, frame_number, box_index
)

select
    table_name,
    key,
    count(*) as occurrences
from keys
group by table_name, key
having count(*) > 1
union all
select
    'boxes' as table_name,
    video_id || ' ' || frame_number || ' ' || box_index as key,
    occurrences
from boxes_per_key
where occurrences > 1

-- Which objects occur in which split of the annotations, and which in the test split only?
--
-- One row per noun of an annotated video.
-- videos: annotated videos with the noun.
-- train_videos: those of the train split.
-- validation_videos: those of the validation split.
-- test_videos: those of the test split.
-- unassigned_videos: those in no split.
-- is_in_test_only: whether all its videos are in the test split, so that no training video shows it.
with nouns as (
    select distinct
        labels.video_id,
        labels.split,
        named.noun
    from video_objects as named
    inner join video_labels as labels using (video_id)
)

select
    noun,
    count(*) as videos,
    count(*) filter (where split = 'train') as train_videos,
    count(*) filter (where split = 'validation') as validation_videos,
    count(*) filter (where split = 'test') as test_videos,
    count(*) filter (where split = unassigned()) as unassigned_videos,
    bool_and(split = 'test') as is_in_test_only
from nouns
group by noun
order by videos desc, noun asc

-- Which event sequences are the commonest in each template?
--
-- One row per template and signature that occurs in it.
-- sequence_rank: 1 for the commonest signature of the template; equally common ones in alphabetical order.
-- videos: videos of the template with that signature.
-- video_share: part of the template's videos that have events, from 0 to 1.
with counts as (
    select
        template,
        signature,
        count(*) as videos
    from event_sequences
    group by template, signature
)

select
    template,
    row_number() over (partition by template order by videos desc, signature asc) as sequence_rank,
    signature,
    videos,
    videos / sum(videos) over (partition by template) as video_share
from counts
order by template, sequence_rank

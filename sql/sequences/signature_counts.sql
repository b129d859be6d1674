-- Which event sequences are the commonest?
--
-- One row per signature, the commonest first.
-- videos: videos that have it.
-- video_share: part of all videos that have events, from 0 to 1.
-- templates: templates it occurs in.
select
    signature,
    any_value(events) as events,
    count(*) as videos,
    count(*) / sum(count(*)) over () as video_share,
    count(distinct template) as templates
from event_sequences
group by signature
order by videos desc, signature asc

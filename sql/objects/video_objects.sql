-- Which objects does each video show, according to SSv2's own labels?
--
-- One row per placeholder of a video of SSv2's label files, annotated or not.
-- noun: the object in lower case, without the article a, an or the; other views count by it.
select
    video_id,
    placeholder_index,
    placeholder,
    object,
    regexp_replace(lower(trim(object)), '^(a|an|the) +', '') as noun
from objects

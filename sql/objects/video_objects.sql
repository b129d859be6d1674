-- Which objects does each video show, by SSv2's own labels?
--
-- One row per placeholder of a video of SSv2's label files, annotated or not.
-- noun: the object in lower case, without the article a, an or the: what other views count by.
select
    video_id,
    placeholder_index,
    placeholder,
    object,
    regexp_replace(lower(trim(object)), '^(a|an|the) +', '') as noun
from objects

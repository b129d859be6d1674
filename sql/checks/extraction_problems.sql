-- Which videos gave no frames, or frames with something to know about?
--
-- One row per video and reason, from the table extraction_problems.
-- level: warning
-- video_id: the video.
-- reason: what is the matter, in one word to count by.
-- detail: the same in a sentence.
select
    video_id,
    reason,
    detail
from extraction_problems

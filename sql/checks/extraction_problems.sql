-- Which videos gave no frames, or frames with something to know about?
--
-- One row per video and reason, from the table extraction_problems.
-- level: warning
select
    video_id,
    reason,
    detail
from extraction_problems

-- Which videos gave no frames, or frames with a warning?
--
-- One row per video and reason, from the table extraction_problems.
-- level: warning
select
    video_id,
    reason,
    detail
from extraction_problems

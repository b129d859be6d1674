-- Which records did the build set aside?
--
-- One row per record in rejects.
-- level: warning
select
    file,
    location,
    problem
from rejects

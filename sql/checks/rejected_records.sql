-- Which records did the build set aside?
--
-- One row per record in rejects.
-- level: warning
-- file: name of the annotation file.
-- location: JSON Pointer of the record in that file.
-- problem: what is wrong with the record.
select
    file,
    location,
    problem
from rejects

-- Which templates have no video?
--
-- One row per template without a labelled video.
-- level: warning
select
    templates.template_id,
    templates.template
from templates
anti join videos using (template_id)

-- Which templates have no video?
--
-- One row per template without a labelled video.
-- level: warning
-- template_id: position of the template in the published map, from 0.
-- template: the template's text.
select
    templates.template_id,
    templates.template
from templates
anti join videos using (template_id)

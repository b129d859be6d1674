-- What does each video contribute to the compared mixes: templates, actions, agents?
--
-- One row per video, dimension and category that the video has.
-- dimension: template (counted in videos), action, agent, or action and agent (counted in events).
-- category: the template, action, agent, or action and agent.
-- n: events of the video in the category; 1 for its template.
select
    video_id,
    'action and agent' as dimension,
    concat_ws(' ', action, agent) as category,
    count(*) as n
from events
group by video_id, action, agent
union all
select
    video_id,
    'action' as dimension,
    action as category,
    count(*) as n
from events
group by video_id, action
union all
select
    video_id,
    'agent' as dimension,
    agent as category,
    count(*) as n
from events
group by video_id, agent
union all
select
    video_id,
    'template' as dimension,
    template as category,
    1 as n
from video_labels

-- What does each video add to the mixes that are compared: templates, actions, agents?
--
-- One row per video, dimension and category that the video has.
-- dimension: template (counted in videos), action, agent, or action and agent (counted in events).
-- category: the template, action, agent, or action and agent.
-- n: events of the video in the category; 1 for its template.
with counts as (
    select
        video_id,
        action,
        agent,
        grouping(action) as has_no_action,
        grouping(agent) as has_no_agent,
        count(*) as n
    from events
    group by grouping sets ((video_id, action), (video_id, agent), (video_id, action, agent))
)

select
    video_id,
    case when has_no_agent = 1 then 'action' when has_no_action = 1 then 'agent' else 'action and agent' end
        as dimension,
    concat_ws(' ', action, agent) as category,
    n
from counts
union all
select
    video_id,
    'template' as dimension,
    template as category,
    1 as n
from video_labels

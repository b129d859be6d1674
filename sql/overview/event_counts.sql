-- How many events and videos are there of each template, split, action and agent?
--
-- One row per template, split, action and agent that occur together. Sum over the columns that are not needed.
-- events: such events.
-- videos: videos that have such an event; one video may be in several rows.
with videos_of_kinds as (
    select
        template_id,
        split,
        action,
        agent,
        count(*) as events
    from event_neighbours
    group by video_id, template_id, split, action, agent
)

select
    templates.template,
    kinds.split,
    kinds.action,
    kinds.agent,
    sum(kinds.events)::bigint as events,
    count(*) as videos
from videos_of_kinds as kinds
left join templates using (template_id)
group by templates.template, kinds.split, kinds.action, kinds.agent
order by templates.template, kinds.split, kinds.action, kinds.agent

-- How many events and videos are there of each template, split, action and agent?
--
-- One row per template, split, action and agent that occur together. Sum the events over what is not asked for.
-- events: such events.
-- videos: videos that have such an event; one video may be in several rows.
with videos_of_kinds as (
    select
        video_id,
        action,
        agent,
        count(*) as events
    from events
    group by video_id, action, agent
)

select
    labels.template,
    labels.split,
    kinds.action,
    kinds.agent,
    sum(kinds.events)::bigint as events,
    count(*) as videos
from videos_of_kinds as kinds
left join video_labels as labels using (video_id)
group by labels.template, labels.split, kinds.action, kinds.agent
order by labels.template, labels.split, kinds.action, kinds.agent

-- What is put onto, into or next to what: which two objects occur together in a template?
--
-- One row per template of the annotations and pair of nouns: that of its first placeholder and that of its second.
-- first_noun: the noun of the first placeholder, such as what is put down.
-- second_noun: the noun of the second placeholder, such as what it is put onto.
-- videos: annotated videos with the pair.
-- events: events of these videos.
select
    labels.template_id,
    labels.template,
    one.noun as first_noun,
    two.noun as second_noun,
    count(distinct labels.video_id) as videos,
    count(*) as events
from video_objects as one
inner join video_objects as two using (video_id)
inner join video_labels as labels using (video_id)
inner join events using (video_id)
where one.placeholder_index = 0 and two.placeholder_index = 1
group by labels.template_id, labels.template, one.noun, two.noun
order by videos desc, labels.template_id asc, one.noun asc, two.noun asc

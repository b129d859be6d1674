-- What evidence is there against each event, from the labels, the boxes and the frames?
--
-- One row per event. A null means that there is nothing to compare with.
-- relation_event_index: event_index of the other event of the video that this one fits best.
-- relation_gap_frames: frames from that event to this one; negative where this one is earlier.
-- relation_distance_px: pixels between the two points.
-- gap_deviation: that of event_relations to this other event.
-- shift_deviation: that of event_relations to this other event.
-- exchanged_shift_deviation: what shift_deviation would be if x and y of this event were exchanged.
-- double_event_index: event_index of an event published before this one that may be the same moment.
-- double_gap_frames: frames between these two.
-- double_distance_px: pixels between these two.
-- repeats_event_index: event_index of the same agent's event before this one, where the action is the same.
-- is_first_release: whether it is a release of what the agent had not touched in this video.
-- is_outside: whether the point lies outside the picture, whose height is picture_height_px() until it is decoded.
-- is_past_end: whether the frame lies after the last one of the video.
-- box_distance_px: pixels to the nearest box of a hand or an object, if farther than far_from_box_px().
with fitting as (
    select
        video_id,
        event_index,
        min(struct_pack(  -- the first that is different decides: the deviation, of equal ones the event_index
            deviation := gap_deviation + shift_deviation,
            event_index := other_event_index,
            gap_frames := gap_frames,
            distance_px := distance_px,
            gap_deviation := gap_deviation,
            shift_deviation := shift_deviation,
            exchanged_deviation := exchanged_deviation
        )) as other
    from event_relations
    group by video_id, event_index
),

outliers as (  -- no join: the engine would keep the wide events in memory, not what fits them
    select
        outliers.*,
        (
            select fitting.other
            from fitting
            where fitting.video_id = outliers.video_id and fitting.event_index = outliers.event_index
        ) as other
    from event_outliers as outliers
),

telling as (
    select
        video_id,
        event_index,
        case when action = previous_action then previous_event_index end as repeats_event_index,
        action = 'release' and not has_contact_before as is_first_release
    from event_neighbours
    where repeats_event_index is not null or is_first_release
),

doubled as (
    select
        video_id,
        greatest(event_index, other_event_index) as event_index,
        arg_min(
            struct_pack(
                event_index := least(event_index, other_event_index),
                gap_frames := gap_frames,
                distance_px := distance_px
            ),
            (distance_px, least(event_index, other_event_index))
        ) as other
    from near_duplicate_events
    group by all
)

select
    outliers.video_id,
    outliers.event_index,
    outliers.action,
    outliers.agent,
    outliers.template,
    outliers.split,
    outliers.frame_number,
    outliers.point_x,
    outliers.point_y,
    outliers.compared_with,
    outliers.compared_events,
    outliers.median_frame,
    outliers.median_x,
    outliers.median_y,
    outliers.frame_deviation,
    outliers.place_deviation,
    outliers.exchanged_deviation,
    outliers.other.event_index as relation_event_index,
    outliers.other.gap_frames as relation_gap_frames,
    outliers.other.distance_px as relation_distance_px,
    outliers.other.gap_deviation,
    outliers.other.shift_deviation,
    outliers.other.exchanged_deviation as exchanged_shift_deviation,
    doubled.other.event_index as double_event_index,
    doubled.other.gap_frames as double_gap_frames,
    doubled.other.distance_px as double_distance_px,
    telling.repeats_event_index,
    coalesce(telling.is_first_release, false) as is_first_release,
    outliers.point_y >= coalesce(videos.height, picture_height_px())
    or outliers.point_x >= coalesce(videos.width, outliers.point_x + 1) as is_outside,
    coalesce(outliers.frame_number >= videos.frame_count, false) as is_past_end,
    far.nearest_distance_px as box_distance_px
from outliers
left join doubled using (video_id, event_index)
left join events_far_from_boxes as far using (video_id, event_index)
left join telling using (video_id, event_index)
left join videos
    on outliers.video_id = videos.video_id and coalesce(videos.width, videos.height, videos.frame_count) is not null

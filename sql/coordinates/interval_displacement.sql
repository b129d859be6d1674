-- How far and in which direction does the point move from a contact to its release?
--
-- One row per interval of interaction_intervals.
-- dx_px: pixels to the right; negative to the left.
-- dy_px: pixels down; negative upwards.
-- distance_px: pixels from the contact to the release in a straight line.
-- direction_deg: 0 right, 90 down, 180 left, 270 up, as on the picture; null where the point stays.
-- relative_distance: distance_px in diagonals of the picture; null where the video was not decoded.
with displacements as (
    select
        *,
        release_x - contact_x as dx_px,
        release_y - contact_y as dy_px,
        sqrt(dx_px ** 2 + dy_px ** 2) as distance_px
    from interaction_intervals
)

select
    displacements.video_id,
    displacements.agent,
    displacements.template,
    displacements.split,
    displacements.contact_event_index,
    displacements.release_event_index,
    displacements.hold_frames,
    displacements.dx_px,
    displacements.dy_px,
    displacements.distance_px,
    case
        when displacements.distance_px > 0
            then fmod(degrees(atan2(displacements.dy_px, displacements.dx_px)) + 360, 360)
    end as direction_deg,
    displacements.distance_px / sqrt(videos.width ** 2 + videos.height ** 2) as relative_distance
from displacements
left join videos on displacements.video_id = videos.video_id and videos.width is not null

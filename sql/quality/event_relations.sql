-- Is each event where the other events of its video lead one to expect it, in time and place?
--
-- One row per event and other event of its video.
-- other_event_index: event_index of the other event.
-- gap_frames: frames from the other event to this one; negative where this one is earlier.
-- distance_px: pixels between the two points.
-- compared_pairs: pairs of the same two actions and agents, in videos of the template or, if too few, of all.
-- gap_deviation: how far gap_frames is from the median of these pairs, in units of the spread.
-- shift_deviation: how far the shift from point to point is from their median shift, each axis in units of its spread.
-- exchanged_deviation: what shift_deviation would be if x and y of this event were exchanged.
--
-- The spread is that of event_outliers. If a video has two events, the relation does not say which of them is wrong.
with kinds as (
    select
        action,
        agent,
        row_number() over () as kind
    from events
    group by action, agent
),

placed as (
    select
        events.*,
        kinds.kind,
        labels.template_id
    from events
    inner join kinds using (action, agent)
    inner join video_labels as labels using (video_id)
),

pairs as (
    select
        this.video_id,
        this.event_index,
        other.event_index as other_event_index,
        this.template_id,
        this.kind,
        other.kind as other_kind,
        this.frame_number - other.frame_number as gap_frames,
        this.point_x - other.point_x as shift_x,
        this.point_y - other.point_y as shift_y,
        this.point_y - other.point_x as exchanged_x,
        this.point_x - other.point_y as exchanged_y
    from placed as this
    inner join placed as other on this.video_id = other.video_id and this.event_index != other.event_index
),

grouped as (
    select
        kind,
        other_kind,
        template_id,
        count(*) as compared_pairs,
        median(gap_frames) as median_gap,
        median(shift_x) as median_shift_x,
        median(shift_y) as median_shift_y,
        greatest(2, 1.4826 * mad(gap_frames)) as spread_gap,
        greatest(10, 1.4826 * mad(shift_x)) as spread_shift_x,
        greatest(10, 1.4826 * mad(shift_y)) as spread_shift_y
    from pairs
    group by grouping sets ((kind, other_kind, template_id), (kind, other_kind))
    having template_id is null or count(*) >= few_events()
),

cells as (
    select distinct
        kind,
        other_kind,
        template_id
    from pairs
),

-- The template's own distribution comes before that of all, if it has enough pairs.
usual as (
    select
        grouped.*,
        cells.template_id as of_template_id
    from cells
    inner join grouped
        on
            cells.kind = grouped.kind
            and cells.other_kind = grouped.other_kind
            and (cells.template_id = grouped.template_id or grouped.template_id is null)
    qualify
        row_number() over (
            partition by cells.kind, cells.other_kind, cells.template_id order by grouped.template_id nulls last
        ) = 1
)

select
    pairs.video_id,
    pairs.event_index,
    pairs.other_event_index,
    pairs.gap_frames,
    sqrt(pairs.shift_x ** 2 + pairs.shift_y ** 2) as distance_px,
    usual.compared_pairs,
    abs(pairs.gap_frames - usual.median_gap) / usual.spread_gap as gap_deviation,
    sqrt(
        ((pairs.shift_x - usual.median_shift_x) / usual.spread_shift_x) ** 2
        + ((pairs.shift_y - usual.median_shift_y) / usual.spread_shift_y) ** 2
    ) as shift_deviation,
    sqrt(
        ((pairs.exchanged_x - usual.median_shift_x) / usual.spread_shift_x) ** 2
        + ((pairs.exchanged_y - usual.median_shift_y) / usual.spread_shift_y) ** 2
    ) as exchanged_deviation
from pairs
inner join usual
    on pairs.kind = usual.kind and pairs.other_kind = usual.other_kind and pairs.template_id = usual.of_template_id

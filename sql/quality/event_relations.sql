-- Does each event lie where the other events of its video let expect it, in time and place?
--
-- One row per event and other event of its video.
-- other_event_index: event_index of the other event.
-- gap_frames: frames from the other event to this one; negative where this one is earlier.
-- distance_px: pixels between the two points.
-- compared_pairs: pairs of the same two actions and agents, in videos of the template or, if too few, of all.
-- gap_deviation: how far gap_frames lies from the median of these pairs, in units of the spread.
-- shift_deviation: how far the way from point to point lies from their median way, each axis in units of its spread.
-- exchanged_deviation: what shift_deviation would be if x and y of this event were exchanged.
--
-- The spread is that of event_outliers. Of a video with two events the relation does not say which of them is wrong.
with placed as (
    select
        events.*,
        labels.template
    from events
    inner join video_labels as labels using (video_id)
),

pairs as (
    select
        this.video_id,
        this.event_index,
        other.event_index as other_event_index,
        this.template,
        this.action,
        this.agent,
        other.action as other_action,
        other.agent as other_agent,
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
        action,
        agent,
        other_action,
        other_agent,
        template,
        count(*) as compared_pairs,
        median(gap_frames) as median_gap,
        median(shift_x) as median_shift_x,
        median(shift_y) as median_shift_y,
        greatest(2, 1.4826 * mad(gap_frames)) as spread_gap,
        greatest(10, 1.4826 * mad(shift_x)) as spread_shift_x,
        greatest(10, 1.4826 * mad(shift_y)) as spread_shift_y
    from pairs
    group by
        grouping sets ((action, agent, other_action, other_agent, template), (action, agent, other_action, other_agent))
    having template is null or count(*) >= few_events()
),

compared as (
    select
        pairs.*,
        coalesce(own.compared_pairs, wide.compared_pairs) as compared_pairs,
        coalesce(own.median_gap, wide.median_gap) as median_gap,
        coalesce(own.median_shift_x, wide.median_shift_x) as median_shift_x,
        coalesce(own.median_shift_y, wide.median_shift_y) as median_shift_y,
        coalesce(own.spread_gap, wide.spread_gap) as spread_gap,
        coalesce(own.spread_shift_x, wide.spread_shift_x) as spread_shift_x,
        coalesce(own.spread_shift_y, wide.spread_shift_y) as spread_shift_y
    from pairs
    inner join grouped as wide
        on
            pairs.action = wide.action
            and pairs.agent = wide.agent
            and pairs.other_action = wide.other_action
            and pairs.other_agent = wide.other_agent
            and wide.template is null
    left join grouped as own
        on
            pairs.action = own.action
            and pairs.agent = own.agent
            and pairs.other_action = own.other_action
            and pairs.other_agent = own.other_agent
            and pairs.template = own.template
)

select
    video_id,
    event_index,
    other_event_index,
    gap_frames,
    sqrt(shift_x ** 2 + shift_y ** 2) as distance_px,
    compared_pairs,
    abs(gap_frames - median_gap) / spread_gap as gap_deviation,
    sqrt(
        ((shift_x - median_shift_x) / spread_shift_x) ** 2
        + ((shift_y - median_shift_y) / spread_shift_y) ** 2
    ) as shift_deviation,
    sqrt(
        ((exchanged_x - median_shift_x) / spread_shift_x) ** 2
        + ((exchanged_y - median_shift_y) / spread_shift_y) ** 2
    ) as exchanged_deviation
from compared

"""The questions of a report, each with the views it reads. All numbers of a report come from them."""

from __future__ import annotations

from functools import cache

from etl.pages.answers import Question
from etl.views import RATINGS, View, read_sql_files

__all__ = ["COMPARED", "EXAMPLES_SHOWN", "QUESTIONS", "SEQUENCES_SHOWN", "quality_questions", "quality_views"]

EXAMPLES_SHOWN = 5
SEQUENCES_SHOWN = 20


def _with_totals(
    name: str, view: str, counted: str, group: str, *, rows: str = "", share: str = "", macros: tuple[str, ...] = ()
) -> Question:
    """The rows of a view of counts, or those that `rows` selects, with `n` of each group, the share, and the total.

    The only place that makes SQL from SQL: a view would have to know the group, and a macro takes no query.
    """
    columns = (
        "*",
        f"sum({counted}) over (partition by {group})::bigint as n",
        *((share,) if share else ()),
        f"sum({counted}) over ()::bigint as total",
    )
    listed, source = ",\n    ".join(columns), f"(\n    {rows}\n)" if rows else view
    return Question(name, (view,), f"select {listed}\nfrom {source}\norder by all", macros)


def _kind_shares(name: str, view: str, rows: str, macros: tuple[str, ...] = ()) -> Question:
    """Shares within each kind of event: `rows` has action, agent and events."""
    group, share = "action, agent", "events / n as share"
    return _with_totals(name, view, "events", group, rows=rows, share=share, macros=macros)


def _histogram(name: str, column: str, arguments: str) -> Question:
    sql = (
        f"select action, agent, bin_start as {column}, bin_end as {column}_end, events\n"
        f"    from timing_histogram({arguments}) where bin_start is not null"
    )
    return _kind_shares(name, "event_timing", sql, ("timing_histogram",))


def _cells(name: str, columns: str, view: str = "coordinate_grid") -> Question:
    sql = f"select action, agent, {columns}, sum(events)::bigint as events\n    from {view} group by all"
    return _kind_shares(name, view, sql)


TEMPLATE_TABLE = """\
select
    distribution.*,
    quantiles.frame_median,
    divergence.divergence_bits,
    divergence.chance_bits,
    divergence.excess_bits,
    sequences.signature as commonest_sequence,
    sequences.video_share as commonest_sequence_share
from template_distribution as distribution
left join timing_quantiles as quantiles
    on quantiles.grouped_by = 'template' and distribution.template = quantiles.template
left join template_divergence as divergence on distribution.template = divergence.template
left join template_sequences as sequences
    on sequences.sequence_rank = 1 and distribution.template = sequences.template
order by distribution.videos desc, distribution.template asc"""

SPLIT_TEMPLATES = """\
select
    split_templates.*,
    template_distribution.video_share as share_of_all,
    sum(split_templates.videos) over (partition by split)::bigint as n,
    sum(split_templates.videos) over ()::bigint as total
from split_templates
inner join template_distribution using (template)
order by template, split"""


def _by_template(name: str, view: str, columns: str) -> Question:
    sql = f"select template_id, {columns}\nfrom {view}\ninner join templates using (template)\norder by all"
    return Question(name, (view,), sql)


CONTACT_SURVIVAL = """\
select
    *,
    max(at_risk) over (partition by agent)::bigint as n,
    min(frames) filter (where lasting_share <= 0.5) over (partition by agent) as median_frames
from contact_survival
order by agent, frames"""

QUESTIONS = (
    Question("totals", ("totals",), "from totals"),
    Question(
        "event_mix",
        ("event_mix",),
        "select *, sum(events) over ()::bigint as total\nfrom event_mix\norder by action, agent",
    ),
    Question("split_distribution", ("split_distribution",), "from split_distribution"),
    _with_totals(
        "events_per_video",
        "events_per_video",
        "videos",
        "split",
        rows="select split, events, videos, share\n    from events_per_video where grouped_by = 'split'",
    ),
    _histogram("timing_by_frame", "frame_number", ""),
    _histogram("timing_by_five_frames", "frame_number", "5"),
    _histogram("timing_by_second", "time_s", "0.5, measure := 'time_s'"),
    _histogram("timing_by_position", "relative_position", "0.05, measure := 'relative_position'"),
    Question("timing_quantiles", ("timing_quantiles",), "from timing_quantiles"),
    Question("hold_times", ("hold_times",), "from hold_times\nwhere grouped_by = 'agent'"),
    Question("contact_survival", ("contact_survival",), CONTACT_SURVIVAL),
    _with_totals("hold_distribution", "hold_distribution", "intervals", "agent"),
    _cells("coordinate_heat_map", "cell_x, cell_y"),
    _cells("coordinate_columns", "cell_x * cell_px() as x_px, (cell_x + 1) * cell_px() as x_px_end"),
    _cells("coordinate_rows", "cell_y * cell_px() as y_px, (cell_y + 1) * cell_px() as y_px_end"),
    _cells("relative_heat_map", "cell_x, cell_y", "relative_coordinate_grid"),
    Question(
        "coordinate_quantiles",
        ("coordinate_quantiles",),
        "from coordinate_quantiles\nwhere grouped_by <> 'template'",
    ),
    _with_totals("displacement_grid", "displacement_grid", "intervals", "agent"),
    Question(
        "templates",
        ("template_distribution", "timing_quantiles", "template_divergence", "template_sequences"),
        TEMPLATE_TABLE,
    ),
    _by_template("template_mix", "template_mix", "action, agent, events, share, overall_share"),
    Question(
        "template_coordinates",
        ("coordinate_grid",),
        "select template_id, action, agent, cell_x, cell_y, sum(events)::bigint as events\n"
        "from coordinate_grid\ninner join templates using (template)\ngroup by all\norder by all",
    ),
    _by_template("template_timing", "template_timing", "action, agent, frame_number, events"),
    _by_template(
        "template_intervals", "template_intervals", "agent, contacts, releases, intervals, hold_frames_median"
    ),
    Question("signature_counts", ("signature_counts",), f"select *\nfrom signature_counts\nlimit {SEQUENCES_SHOWN}"),
    Question(
        "transition_counts",
        ("transition_counts",),
        "select *, sum(transitions) over ()::bigint as total\nfrom transition_counts\norder by all",
    ),
    Question("published_orders", ("published_orders",), "from published_orders"),
    Question("kinds_together", ("kinds_together",), "from kinds_together"),
    _with_totals("split_mix", "split_mix", "events", "split"),
    Question("split_templates", ("split_templates", "template_distribution"), SPLIT_TEMPLATES),
    Question("split_balance", ("split_balance",), "from split_balance\norder by dimension, split, other_split"),
    Question("templates_without_split", ("templates_without_split",), "from templates_without_split"),
)

# What --compare shows for both warehouses.
COMPARED = ("totals", "event_mix", "timing_by_five_frames", "timing_quantiles", "hold_times")


def quality_questions() -> tuple[Question, ...]:
    """Return one question for each view of the family `quality` that finds rows: how many, and the first of them."""
    return tuple(Question(view.name, (view.name,), _first_rows(view)) for view in quality_views())


@cache
def quality_views() -> tuple[View, ...]:
    """Return the views of the family `quality` that find rows, by name."""
    return tuple(view for view in read_sql_files("quality") if view.name not in RATINGS)


def _first_rows(view: View) -> str:
    """The number of rows and the first of them, in the view's own order or, if it has none, sorted by all columns."""
    order = "" if "\norder by" in view.statement else "order by all\n"
    found = f"(select count(*) from {view.name}) as found"
    return f"select {found}, *\nfrom {view.name}\n{order}limit {EXAMPLES_SHOWN}"

"""Write a report: ask every question once, then write page, Markdown with figures, and JSON, all or none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import nullcontext
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etl.errors import MissingExtraError
from etl.outputs import new_folder
from etl.warehouse.selection import Selection, selection_facts

if TYPE_CHECKING:
    from etl.dataset.provenance import Provenance
    from etl.pages.answers import Answers
    from etl.pages.blocks import Section
    from etl.pages.drawing_process import Drawing
    from etl.warehouse.open import Warehouse

__all__ = ["ReportOptions", "ReportSummary", "write_report"]

FIGURES = "statistics-figures"


@dataclass(frozen=True)
class ReportOptions:
    """What a report shows: the events of `selection`, compared with a second warehouse `other`, and `examples` drawn
    frames of each action and agent, from the folder `frames`.
    """

    selection: Selection = field(default_factory=Selection)
    other: Warehouse | None = None
    examples: int = 0
    frames: Path = Path("frames")


@dataclass(frozen=True)
class ReportSummary:
    """What a report wrote."""

    page: Path
    """The page, one HTML file that works offline."""
    markdown: Path
    """The same as Markdown, with the figures' folder next to it."""
    statistics: Path
    """Every number in it, as JSON."""
    events: int
    """How many events it covers."""


def write_report(
    warehouse: Warehouse,
    output: Path,
    options: ReportOptions | None = None,
    *,
    drawing: Drawing | None = None,
    on_step: Callable[[str], None] = lambda step: None,
) -> ReportSummary:
    """Write statistics.html, statistics.md, statistics.json and the figures' folder into `output`.

    The same warehouse and options give the same bytes. `drawing` draws the charts, by default one that starts here.
    `on_step` is called before each step. An earlier report in `output` is replaced when the new one is complete.

    Raises:
        MissingExtraError: the extra [report] is not installed.
        QueryError: the selection is wrong.
        VideoError: examples are asked for, and a frame cannot be read.
        OutputError: the folder holds anything but an earlier report, or cannot be written.
    """
    if not all(map(find_spec, ("altair", "jinja2", "vl_convert"))):
        raise MissingExtraError("report", "a statistics report")
    from etl.pages.drawing_process import Drawing
    from etl.pages.pictures import require_open_files

    require_open_files()
    options = options or ReportOptions()
    inputs = [warehouse.path, *([options.other.path] if options.other else [])]
    inputs += [options.frames] if options.examples else []
    starting = nullcontext(drawing) if drawing else Drawing()
    with new_folder(output, "report", inputs=inputs, replace=True) as folder, starting as drawing:
        files, events = _files(warehouse, options, drawing, on_step)
        on_step(f"writing {output}")
        (folder / FIGURES).mkdir()
        for name, content in files.items():
            (folder / name).write_bytes(content)
    return ReportSummary(output / "statistics.html", output / "statistics.md", output / "statistics.json", events)


def _files(
    warehouse: Warehouse, options: ReportOptions, drawing: Drawing, on_step: Callable[[str], None]
) -> tuple[dict[str, bytes], int]:
    """Return the content of every file of the report by its path, and the number of events."""
    from etl.dataset.provenance import provenance
    from etl.dataset.releases import release_of
    from etl.pages import render
    from etl.pages.answers import Asking, ask
    from etl.pages.blocks import Figure, Picture
    from etl.pages.statistics import statistics_to_json
    from etl.report.built import built_section
    from etl.report.objects import object_questions, objects_section
    from etl.report.part import selected_part, selection_of_other
    from etl.report.questions import COMPARED, QUESTIONS, quality_questions
    from etl.report.sections import SECTIONS, build_section
    from etl.report.split_tests import with_p_values

    origin = provenance(warehouse)
    figures: dict[str, Future[tuple[str, bytes]]] = {}
    compared: Answers = {}

    def draw(section: Section, answers: Answers) -> None:
        for block in section.blocks:
            if isinstance(block, Figure) and block.name not in figures:
                chart = render.figure_to_chart(block, answers[block.question.name])
                figures[block.name] = drawing.draw(chart, block.name, block.alternative)

    with selected_part(warehouse, options.selection) as source:
        this = release_of(source, str(warehouse.path)) if options.other else None
        on_step("querying the warehouse")
        questions = [*QUESTIONS, *quality_questions(), *object_questions(source)]
        asking = Asking(source, questions, {"split_balance": with_p_values})
        events = asking["totals"].first("events")
        sections: list[Section] = []
        for name, (title, _) in SECTIONS.items() if events else ():
            on_step(title.lower())
            sections.append(build_section(name, asking))
            draw(sections[-1], asking)  # while the next questions are asked
        answers = asking.all()
        sections.insert(0, built_section(origin, answers))
        if events and (objects := objects_section(answers, warehouse.manifest.companions)):
            sections.append(objects)
        if options.examples and events:
            from etl.report.examples import examples_section

            on_step("examples")
            sections.append(examples_section(source, options.frames, options.examples))
    if options.other is not None:
        from etl.dataset.diff import compare_releases
        from etl.report.comparison import compare
        from etl.report.differences import differences_section

        on_step("comparison")
        selection = selection_of_other(options.other, options.selection)
        with selected_part(options.other, selection) as source:
            others = ask(source, [question for question in QUESTIONS if question.name in COMPARED])
            other = release_of(source, str(options.other.path))
        labels = _labels(warehouse.path, options.other.path)
        section, compared = compare(answers, others, labels, (origin.dataset, provenance(options.other).dataset))
        sections.append(section)
        if this is not None:
            section, differing = differences_section(compare_releases(this, other), labels)
            sections.append(section)
            compared |= differing

    on_step("drawing the figures")
    everything = answers | compared
    for section in sections:
        draw(section, everything)
    blocks = [block for section in sections for block in section.blocks]
    pictures = {block.name: block.jpeg for block in blocks if isinstance(block, Picture)}
    statistics = statistics_to_json(_statistics(origin, options, everything))
    context = {"origin": origin, "selection": selection_facts(options.selection), "events": events}
    markdown = render.sections_to_markdown(sections, context, folder=FIGURES)
    page = render.sections_to_page(
        sections,
        context,
        statistics=statistics,
        figure=lambda name: figures[name].result()[0],
        on_demand=_on_demand(answers) if events else {},
        answers=everything,
        bundled=drawing.bundle,
    )
    drawn = {name: figure.result() for name, figure in figures.items()}
    return {
        "statistics.html": page.encode(),
        "statistics.md": markdown.encode(),
        "statistics.json": statistics.encode(),
        **{f"{FIGURES}/{name}.svg": svg.encode() for name, (svg, _) in drawn.items()},
        **{f"{FIGURES}/{name}.pdf": pdf for name, (_, pdf) in drawn.items()},
        **{f"{FIGURES}/{name}.jpg": jpeg for name, jpeg in pictures.items()},
    }, events


def _statistics(origin: Provenance, options: ReportOptions, answers: Answers) -> Mapping[str, Any]:
    from etl.pages.statistics import FORMAT_VERSION, answer_to_json

    return {
        "format_version": FORMAT_VERSION,
        "provenance": origin.as_dict(),
        "selection": dict(selection_facts(options.selection)),
        "answers": {name: answer_to_json(answer) for name, answer in answers.items()},
    }


def _on_demand(answers: Answers) -> dict[str, Any]:
    """Return the charts that the page draws for one template at a time, by the answer that they draw."""
    from etl.report.distributions import picture_reach
    from etl.report.kept_charts import charts, group_charts

    width, height = picture_reach(answers["coordinate_heat_map"])
    return {
        "template_mix": group_charts.template_mix("template_mix"),
        "template_timing": group_charts.template_timing("template_timing"),
        "template_coordinates": charts.heat_map(
            "template_coordinates", width_px=width, height_px=height, by_kind=False
        ),
    }


def _labels(this: Path, other: Path) -> tuple[str, str]:
    """Return the shortest ends of two paths that differ."""
    for parts in range(1, max(len(this.parts), len(other.parts)) + 1):
        labels = "/".join(this.parts[-parts:]), "/".join(other.parts[-parts:])
        if labels[0] != labels[1]:
            return labels
    return this.name, f"{other.name} (again)"

"""Charts that are made once: the same as those that are made anew, and made anew where the program is another."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import etl
from etl.report import charts, group_charts, kept_charts
from etl.schema import facts

FOLDER = Path(etl.__file__).parent


def calls() -> list[tuple[str, str, dict[str, Any]]]:
    """Return a call of every chart: its module, its name, and a value for each parameter, by the parameter's type."""
    values = {"str": "answers", "int": 260, "bool": True}
    return [
        (module.__name__.rpartition(".")[2], name, {key: values[one.annotation] for key, one in parameters.items()})
        for module in (charts, group_charts)
        for name in module.__all__
        for parameters in [inspect.signature(getattr(module, name)).parameters]
    ]


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "contact-release"


def not_again(module: str) -> None:
    raise AssertionError(f"{module} is imported again")


@pytest.mark.parametrize(
    ("module", "chart", "given"), calls(), ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_chart_that_is_kept_is_the_one_that_is_made(
    module: str, chart: str, given: dict[str, Any], cache: Path, monkeypatch: pytest.MonkeyPatch
):
    made = getattr({"charts": charts, "group_charts": group_charts}[module], chart)(**given)
    draw: Callable[..., Any] = getattr(getattr(kept_charts, module), chart)
    assert draw(**given) == made
    monkeypatch.setattr(kept_charts, "import_module", not_again)
    assert list(draw(**given)) == list(made), "in the same order"
    assert draw(**given) == made


def test_each_argument_has_a_chart_of_its_own(cache: Path):
    widths = [kept_charts.charts.heat_map("answers", width_px=width, height_px=240) for width in (420, 440, 420)]
    assert widths[0] == widths[2] != widths[1]
    assert len(list(cache.iterdir())) == 2


def test_another_program_makes_its_charts_anew(cache: Path, monkeypatch: pytest.MonkeyPatch):
    kept_charts.charts.event_mix("answers")
    monkeypatch.setattr(kept_charts, "_program", lambda: ("6.1.0", "other sources"))
    kept_charts.charts.event_mix("answers")
    assert len(list(cache.iterdir())) == 2


@pytest.mark.parametrize("source", kept_charts.SOURCES)
def test_charts_depend_on_no_source_that_is_not_counted(source: str):
    for node in ast.walk(ast.parse((FOLDER / source).read_text(encoding="utf-8"))):
        if not isinstance(node, ast.ImportFrom) or node.module is None or not node.module.startswith("etl"):
            continue
        if node.module == "etl.schema":
            assert {alias.name for alias in node.names} <= vars(facts).keys()
        else:
            assert f"{node.module.removeprefix('etl.').replace('.', '/')}.py" in kept_charts.SOURCES

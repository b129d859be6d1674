"""The public door, `import etl`: what is public is listed; what is listed exists, is documented and typed."""

from __future__ import annotations

import ast
import dataclasses
import doctest
import importlib
import inspect
import pkgutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from clips import write_clip

import etl
from etl import errors
from etl.dataset.sample import sample_folder
from etl.export.format import Options

PROJECT = Path(__file__).resolve().parent.parent
FUNCTIONS = [getattr(etl, name) for name in etl.__all__ if inspect.isfunction(getattr(etl, name))]
RESULTS = [getattr(etl, name) for name in etl.__all__ if dataclasses.is_dataclass(getattr(etl, name))]


def modules() -> list[str]:
    """The names of all modules of the package, but for those that need what may not be installed."""
    return [info.name for info in pkgutil.walk_packages(etl.__path__, "etl.") if ".lmms_eval" not in info.name]


def test_everything_in_the_public_door_is_there():
    assert sorted(etl.__all__) == etl.__all__ == sorted(dir(etl))
    for name in etl.__all__:
        assert getattr(etl, name) is not None


def test_everything_public_in_the_doors_module_is_listed():
    tree = ast.parse(Path(etl.__file__).read_text(encoding="utf-8"))
    imported = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("etl.")
        for alias in node.names
    }
    assert imported == set(etl.__all__)


def test_what_is_imported_late_comes_from_where_the_types_say():
    tree = ast.parse(Path(etl.__file__).read_text(encoding="utf-8"))
    (block,) = (node for node in tree.body if isinstance(node, ast.If))
    typed = {alias.name: node.module for node in block.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert typed == etl._HOMES


def test_every_exception_is_in_the_door():
    raised = [name for name in errors.__all__ if inspect.isclass(getattr(errors, name)) and name not in ("printable",)]
    assert set(raised) <= set(etl.__all__)
    for name in raised:
        if issubclass(getattr(errors, name), Exception):
            assert issubclass(getattr(errors, name), etl.ContactReleaseError)


@pytest.mark.parametrize("name", modules())
def test_what_a_module_lists_exists_and_is_documented_and_what_is_imported_from_it_is_listed(name: str):
    module = importlib.import_module(name)
    if not hasattr(module, "__all__"):
        assert not any(is_own(module, value) for value in vars(module).values()), f"{name} has no __all__"
        return
    for public in module.__all__:
        value = getattr(module, public)
        if is_own(module, value):
            assert value.__doc__, f"{name}.{public} has no docstring"


def is_own(module: object, value: object) -> bool:
    is_code = inspect.isfunction(value) or inspect.isclass(value)
    return is_code and value.__module__ == module.__name__ and not value.__name__.startswith("_")  # type: ignore


def test_no_module_imports_from_another_what_that_one_does_not_list():
    unlisted = []
    for path in sorted((PROJECT / "etl").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.ImportFrom) or not (node.module or "").startswith("etl."):
                continue
            if "lmms_eval" in str(path):
                continue
            listed = getattr(importlib.import_module(str(node.module)), "__all__", [])
            for alias in node.names:
                full_name = f"{node.module}.{alias.name}"
                if alias.name not in listed and full_name not in modules() and alias.name != "__version__":
                    unlisted.append(f"{path.relative_to(PROJECT)}: {node.module}.{alias.name}")
    assert unlisted == []


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.__name__)
def test_every_public_function_is_documented_and_typed(function):
    assert len(function.__doc__.splitlines()) > 1
    annotations = inspect.get_annotations(function)
    assert annotations.keys() == {*inspect.signature(function).parameters, "return"}
    for name, annotation in annotations.items():
        if "Path" in annotation and name != "return":
            assert "str" in annotation, f"{function.__name__}: {name} takes no text"


@pytest.mark.parametrize("result", RESULTS, ids=lambda result: result.__name__)
def test_every_field_of_a_result_has_a_line_of_its_own(result):
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(result))).body
    assert isinstance(tree, ast.ClassDef)
    lines = [ast.unparse(line.value) if isinstance(line, ast.Expr) else "" for line in [*tree.body[1:], ast.Pass()]]
    fields = {
        line.target.id: following
        for line, following in zip(tree.body, lines, strict=True)
        if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name)
    }
    assert fields.keys() == {field.name for field in dataclasses.fields(result)}
    for name, line in fields.items():
        assert line or f"`{name}`" in result.__doc__, f"{result.__name__}.{name}"


def test_importing_the_door_imports_none_of_the_heavy_libraries():
    heavy = "{'duckdb', 'pyarrow', 'numpy', 'polars', 'cv2', 'PIL', 'rich', 'click', 'msgspec', 'pandas'}"
    program = f"import sys, etl\nprint(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_everything_can_be_imported_at_once_and_no_folder_takes_a_functions_place():
    program = (
        "import etl.export.write, etl.report.write, etl.build.pipeline\nfrom etl import *\nimport etl\n"
        "print([name for name in ('build', 'export', 'report') if not callable(getattr(etl, name))], Selection)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout == "[] <class 'etl.warehouse.selection.Selection'>\n"


def test_every_option_of_the_formats_is_an_option_of_the_function():
    options = {field.name for field in dataclasses.fields(Options)}
    assert options <= inspect.signature(etl.export).parameters.keys()


def test_an_unknown_attribute_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        etl.nothing  # noqa: B018


@pytest.mark.parametrize("name", [name for name in etl.__all__ if ">>>" in (getattr(etl, name).__doc__ or "")])
def test_the_examples_in_docstrings_do_what_they_say(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.chdir(tmp_path)
    for test in doctest.DocTestFinder(recurse=False).find(getattr(etl, name), name, globs={"etl": etl}):
        result = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=print)
        assert result.attempted > 0
        assert result.failed == 0, capsys.readouterr().out


def test_every_step_is_one_quiet_call_that_takes_text_or_paths(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    warehouse, told = str(tmp_path / "warehouse"), []

    def progress(done: int, total: int) -> None:
        told.append((done, total))

    built = etl.build(sample=True, warehouse=warehouse)
    assert built.rows["videos"] == 60
    assert etl.build(str(sample_folder()), warehouse).actions == built.actions
    write_clip(tmp_path / "videos" / "900001.webm", "vp8", frames=60)
    extracted = etl.extract(str(tmp_path / "videos"), frames=str(tmp_path / "frames"), warehouse=warehouse, jobs=1)
    assert extracted.saved_count == 60
    assert etl.build(sample=True, warehouse=warehouse, frames=str(tmp_path / "frames")).warnings == ()
    assert etl.verify(warehouse) == []
    assert etl.check(warehouse).failed == ()
    found = etl.explain(warehouse, "900001", 5, frames=str(tmp_path / "frames"))
    assert found.is_decoded
    assert found.file == tmp_path / "frames" / "900001" / "frame_00005.jpg"
    with etl.open_warehouse(warehouse) as opened:
        selection = etl.Selection(videos=("900001",))
        drawn = etl.annotate(
            opened, str(tmp_path / "drawn"), selection, frames=str(tmp_path / "frames"), on_progress=progress
        )
        assert drawn.problems == ()
        assert drawn.frames > 0
        exported = etl.export(opened, "cvat", str(tmp_path / "cvat"), selection, on_progress=progress)
        made = etl.import_corrections(warehouse, "cvat", tmp_path / "cvat", str(tmp_path / "cvat"), tmp_path / "new")
        assert made.differences == ()
    written = etl.sample(str(tmp_path / "sample"))
    assert etl.build(tmp_path / "sample", warehouse, force=True).rows["videos"] == 60
    events = tmp_path / "predictions.csv"
    events.write_text("video_id,action,frame\n900001,contact,5\n")
    scored = etl.evaluate(warehouse, str(events), selection, measures="spot", resamples=0)
    assert len(scored.scores)
    assert exported.account.lost == 0
    assert told[0] == (0, 1)
    assert told[-1][0] == told[-1][1] == exported.account.written
    assert tuple(capfd.readouterr()) == ("", "")
    for result in (built, extracted, found, drawn, exported, made, written, etl.check(warehouse)):
        assert " object at 0x" not in repr(result)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: etl.build("metadata", sample=True), "not both"),
        (lambda: etl.build(frames="nowhere"), "there is no folder nowhere of frames"),
        (lambda: etl.build(sample=True, assumed_rate=float("nan")), "found the frame rate nan"),
        (lambda: etl.export("warehouse", "nothing", "out"), "'nothing' is none of publisher, csv"),
        (lambda: etl.export("warehouse", "csv", "out", by="action"), "--by means nothing to the format csv"),
        (lambda: etl.fetch("out"), "nothing was downloaded; if you accept the data's licence"),
        (lambda: etl.check(name="nothing"), "no check 'nothing'; there are"),
        (lambda: etl.explain("warehouse", "1", -1), "found the frame -1"),
        (lambda: etl.annotate("warehouse", "out", sheet=True, images=["a.jpg"]), "go with whole videos"),
        (lambda: etl.annotate("warehouse", "out", images=["a.jpg"]), "found no name like <video_id>/frame_00009.jpg"),
        (lambda: etl.annotate("warehouse", "out", frame_number=3), "--frame goes with --image"),
    ],
)
def test_a_wrong_argument_is_one_clear_error(call, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(etl.ContactReleaseError, match=message):
        call()
    assert list(tmp_path.iterdir()) == []

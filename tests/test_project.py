"""The project itself: its version, what is in its wheel."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from fnmatch import fnmatch
from pathlib import Path
from statistics import median

import pytest

import etl
from etl.dataset.released import PAPER


def test_the_version_is_the_one_that_the_changelog_opens_with(project: Path):
    versions = re.findall(r"^## \[(\d[^\]]*)\]", (project / "CHANGELOG.md").read_text(encoding="utf-8"), flags=re.M)
    assert versions[0] == etl.__version__
    assert f"version: {etl.__version__}" in (project / "CITATION.cff").read_text(encoding="utf-8")


def test_the_citation_shown_and_the_citation_file_name_the_same_paper(project: Path):
    _, paper, _ = (project / "CITATION.cff").read_text(encoding="utf-8").split("\n  - type: ")
    authors = ", ".join(re.findall("family-names: ([^,]+),", paper))
    (title,) = re.findall('title: "(.+)"', paper)
    (year,), (start,), (end,) = (re.findall(rf"{key}: (\d+)\n", paper) for key in ("year", "start", "end"))
    assert f"{authors}: {title}. CVPR Workshops {year}, pp. {start}-{end} (arXiv:2511.20162)." == PAPER
    assert "https://arxiv.org/abs/2511.20162\n" in paper


def test_there_is_no_python_below_sql(project: Path):
    assert not list((project / "sql").rglob("*.py"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory, project: Path) -> Path:
    target = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(target), str(project)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    (path,) = target.glob("*.whl")
    return path


def test_the_wheel_carries_one_package_with_the_sql_and_the_sample(wheel: Path, project: Path):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    tops = {name.split("/")[0] for name in names}
    assert tops == {"etl", f"contact_release_warehouse-{etl.__version__}.dist-info"}
    for path in (project / "sql").rglob("*.sql"):
        assert f"etl/sql/{path.relative_to(project / 'sql').as_posix()}" in names
    for path in (project / "metadata" / "sample").glob("*.json"):
        assert f"etl/metadata/sample/{path.name}" in names
    assert "etl/py.typed" in names


def test_the_wheel_builds_the_sample_far_from_the_project(wheel: Path, tmp_path: Path):
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    environment = {"PYTHONPATH": str(tmp_path / "site"), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}

    def run(*arguments: str) -> str:
        command = [sys.executable, "-m", "etl", *arguments]
        done = subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True, text=True)
        return done.stdout

    assert "from the synthetic sample" in run("build", "--sample")
    assert run("query", "select count(*) > 50 as many from video_overview", "--format", "csv") == "many\ntrue\n"


def test_a_run_passes_over_no_folder_of_tests(project: Path, pytestconfig: pytest.Config):
    folders = {folder for path in (project / "tests").rglob("test_*.py") for folder in path.relative_to(project).parts}
    patterns = pytestconfig.getini("norecursedirs")
    assert [folder for folder in sorted(folders) if any(fnmatch(folder, pattern) for pattern in patterns)] == []


def test_the_picture_of_the_house_shows_the_floors_in_the_order_of_the_contracts(project: Path):
    config = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))
    layers = [layer.split(" | ") for layer in config["tool"]["importlinter"]["contracts"][0]["layers"]]
    _, picture, *_ = (project / "docs" / "house.md").read_text(encoding="utf-8").split("```")
    lines = [line.removeprefix(" top").removeprefix(" ground").strip() for line in picture.splitlines()]
    floors = [re.split(" {3,}", line)[0].split(" │ ") for line in lines]
    shown = [floor for floor in floors if set(floor) & {room for layer in layers for room in layer}]
    places = [next(place for place, layer in enumerate(layers) if set(floor) <= set(layer)) for floor in shown]
    assert places == sorted(set(places))
    assert len(places) > 10


def test_no_module_is_long(project: Path):
    lines = {
        path.relative_to(project).as_posix(): path.read_bytes().count(b"\n")
        for folder in ("etl", "tests")
        for path in (project / folder).rglob("*.py")
    }
    assert {name: n for name, n in lines.items() if n >= 300} == {}
    assert median(n for name, n in lines.items() if name.startswith("etl/")) < 150

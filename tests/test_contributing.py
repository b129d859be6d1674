"""The contributor's guide, followed word for word in a copy of the project: a view and a format are added."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory, project: Path) -> Path:
    """A copy of the project with what the guide's code blocks say."""
    target = tmp_path_factory.mktemp("copy")
    for name in ("etl", "sql", "docs", "tests", "metadata/sample"):
        shutil.copytree(project / name, target / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(project / "pyproject.toml", target)
    guide = (project / "CONTRIBUTING.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```(?:sql|python)\n(?:--|#) file: (\S+)\n(.+?)```", guide, flags=re.DOTALL)
    assert [Path(path).suffix for path, _ in blocks] == [".sql", ".py"]
    for path, content in blocks:
        assert not (target / path).exists()
        (target / path).write_text(content, encoding="utf-8")
    formats = target / "etl" / "export" / "write.py"
    (line,) = re.findall(r"`(\"plain\": .+?)`", guide)
    text = formats.read_text(encoding="utf-8")
    text = text.replace("    parquet,\n", "    parquet,\n    plain,\n", 1)
    text = text.replace("FORMATS: dict[str, Format] = {\n", f"FORMATS: dict[str, Format] = {{\n    {line}\n", 1)
    formats.write_text(text, encoding="utf-8")
    return target


def run(copy: Path, *arguments: str) -> str:
    environment = {"PYTHONPATH": str(copy), "PATH": "/usr/bin:/bin", "HOME": str(copy)}
    done = subprocess.run([sys.executable, *arguments], cwd=copy, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_view_and_a_format_that_follow_the_guide_work(copy: Path):
    run(copy, "-m", "etl", "build", "--sample")
    events = run(copy, "-m", "etl", "query", "select count(*) as n from events", "--format", "csv").split()[1]
    by_view = run(copy, "-m", "etl", "query", "select sum(events) as n from events_of_agents", "--format", "csv")
    assert by_view.split()[1] == events
    assert "plain" in run(copy, "-m", "etl", "export", "--list")
    run(copy, "-m", "etl", "export", "plain", "--output", "exported")
    assert len((copy / "exported" / "events.txt").read_text().splitlines()) == int(events)


def test_the_tests_of_views_pass_with_the_new_one_and_see_it(copy: Path):
    arguments = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "0", "tests/test_views.py")
    assert "passed" in run(copy, *arguments, "-k", "events_of_agents")


def test_the_dictionary_of_questions_knows_the_new_view(copy: Path):
    assert "How many events has each agent?" in run(copy, "-m", "etl", "views", "events_of_agents")

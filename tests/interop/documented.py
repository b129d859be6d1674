"""The lines of docs/exports.md that open an export are run as they stand, in the folder of the sample's export."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from written import EXPORTS

pytestmark = pytest.mark.filterwarnings("ignore")

PAGE = Path(__file__).resolve().parents[2] / "docs" / "exports.md"


@pytest.mark.parametrize("name", ["csv", "jsonl", "parquet", "huggingface", "lmm-qa", "croissant"])
def test_the_documented_lines_open_the_export(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    import datasets
    import duckdb
    import frictionless
    import mlcroissant
    import pandas
    import polars

    modules = (datasets, duckdb, frictionless, mlcroissant, os, pandas, polars)
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", str(tmp_path))
    monkeypatch.chdir(EXPORTS / "sample" / name)
    part = re.search(rf"^### {name}\n(.*?)(?=^##)", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)[1]
    lines = "\n".join(re.findall(r"```python\n(.*?)```", part, re.DOTALL)).splitlines()
    assert lines
    block = "\n".join(line for line in lines if not line.endswith("not run"))
    exec(block, {module.__name__: module for module in modules})

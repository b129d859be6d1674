"""Reports that several modules look at: of the sample, and of templates that want to be markup."""

from __future__ import annotations

import pytest
from datasets import dataset, event, write
from reporting import HOSTILE, LONG

import etl
from etl.build import build
from etl.report.write import write_report


@pytest.fixture(scope="module")
def sample(sample_warehouse):
    with etl.open_warehouse(sample_warehouse) as warehouse:
        yield warehouse


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    videos = {"1": [event(), event("release", frame=9)], "2": [event("contact", "object-surface")]}
    build(write(folder / "metadata", dataset(videos, {HOSTILE: ["1"], LONG: ["2"]}, train=["1"])), folder / "warehouse")
    with etl.open_warehouse(folder / "warehouse") as warehouse:
        return write_report(warehouse, folder / "reports")


@pytest.fixture(scope="module")
def of_sample(sample, tmp_path_factory):
    return write_report(sample, tmp_path_factory.mktemp("reports"))

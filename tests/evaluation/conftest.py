"""A warehouse of two videos."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from evaluating import TWO, opened

import etl


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[etl.Warehouse]:
    with opened(tmp_path_factory.mktemp("reading"), TWO) as warehouse:
        yield warehouse

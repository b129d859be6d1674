"""A Dask cluster that cannot be reached, or whose library is missing."""

from __future__ import annotations

import pytest


def test_a_scheduler_that_is_not_there_is_told(tmp_path, monkeypatch):
    from etl.errors import ContactReleaseError
    from etl.extraction.dask_cluster import run_on_dask

    monkeypatch.setattr("etl.extraction.dask_cluster._CONNECT_TIMEOUT_S", 0.2)
    with pytest.raises(ContactReleaseError, match=r"the Dask scheduler tcp://127.0.0.1:9 cannot be reached"):
        next(run_on_dask([], "tcp://127.0.0.1:9"))


def test_dask_is_asked_for_by_its_extra_when_it_is_missing(monkeypatch):
    import sys

    from etl.errors import MissingExtraError
    from etl.extraction.dask_cluster import run_on_dask

    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MissingExtraError, match=r"pip install '.\[cluster\]'"):
        next(run_on_dask([], "tcp://127.0.0.1:9"))

"""Progress where there is no terminal: lines now and then."""

from __future__ import annotations

from types import SimpleNamespace

from etl.cli import progress as progress_module


def test_progress_in_a_log_is_lines_now_and_then_with_rate_and_time_left(capsys, monkeypatch):
    clock = iter([0.0, 5.0, 10.0, 20.0, 25.0])
    monkeypatch.setattr(progress_module, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    with progress_module.progress("videos") as show:
        for done in (0, 500, 1000, 1500, 2000):
            show(done, 2000)
    assert capsys.readouterr().err.splitlines() == [
        "1,000 of 2,000 videos, 100/s, 10 s left",
        "1,500 of 2,000 videos, 75/s, 7 s left",
        "2,000 of 2,000 videos, 80/s",
    ]


def test_work_of_under_a_second_has_no_rate(capsys, monkeypatch):
    clock = iter([0.0, 0.002])
    monkeypatch.setattr(progress_module, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    with progress_module.progress("events") as show:
        show(24_222, 24_222)
    assert capsys.readouterr().err == "24,222 of 24,222 events\n"

"""Time the report of the real data, and its page in the browser; beside it, ydata-profiling on the events alone.

python tests/benchmarks/report.py [PYTHON]    PYTHON is an interpreter that has ydata-profiling, which needs older
                                              libraries than this project: pip install ydata-profiling pyarrow
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from measure import run

PROJECT = Path(__file__).resolve().parents[2]
REAL = PROJECT.parent / "shared" / "data" / "ssv2-contact-release"

PROFILE = """
import sys
import pandas
from ydata_profiling import ProfileReport
events = pandas.read_parquet(sys.argv[1])
ProfileReport(events, title="events", progress_bar=False).to_file(sys.argv[2])
"""
READY = "[...document.querySelectorAll('.chart[data-figure]')].some((chart) => chart.dataset.drawn)"


def main() -> None:
    """Print a table: seconds, memory and size of each report, and the seconds until the page is interactive."""
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        etl = [sys.executable, "-m", "etl"]
        subprocess.run([*etl, "build", str(REAL), "--warehouse", str(here / "warehouse"), "--quiet"], check=True)
        page = here / "report" / "statistics.html"
        tell(
            "contact-release report, all tables",
            [*etl, "report", "--warehouse", str(here / "warehouse"), "--output", str(page.parent)],
            page,
        )
        print(f"{'its page, first figure interactive':<40}{interactive_after(page):6.1f} s")
        if len(sys.argv) > 1:
            other = here / "profile.html"
            events = str(here / "warehouse" / "events.parquet")
            tell("ydata-profiling, the table of events", [sys.argv[1], "-c", PROFILE, events, str(other)], other)


def tell(name: str, command: list[str], page: Path) -> None:
    """Run a command that writes a page and print its figures."""
    measured = run(command)
    print(f"{name:<40}{measured.seconds:6.1f} s {measured.megabytes:6.0f} MB  {page.stat().st_size / 1e6:5.1f} MB page")


def interactive_after(page: Path) -> float:
    """Return the seconds from opening the page in Chromium until the first figure is drawn anew and reacts."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        tab = browser.new_page(viewport={"width": 1200, "height": 900})
        start = time.perf_counter()
        tab.goto(page.as_uri() + "#overview")
        tab.wait_for_function(READY)
        elapsed = time.perf_counter() - start
        browser.close()
    return elapsed


if __name__ == "__main__":
    main()

"""Time what everything begins with: `import etl`, and a warehouse opened and asked once, as whole processes."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from measure import run_in_turn

import etl

COUNT = "etl.open_warehouse({!r}).query('select count(*) from events').fetchall()"


def main() -> None:
    """Print the table; beside each, a process that does nothing, or the engine opening the same file."""
    print("| what | wall | CPU | peer | wall | CPU |\n|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        warehouse = Path(name) / "warehouse"
        etl.build(warehouse=warehouse, sample=True)
        file = str((warehouse / "interactions.duckdb").resolve())
        engine = f"duckdb.connect({file!r}, read_only=True).sql('select count(*) from events').fetchall()"
        for what, ours, peer, theirs in (
            ("import etl", "import etl", "python", "pass"),
            ("open, first query", f"import etl; {COUNT.format(str(warehouse))}", "DuckDB", f"import duckdb; {engine}"),
        ):
            a, b = run_in_turn([sys.executable, "-c", ours], [sys.executable, "-c", theirs], 9)
            told = (f"{1000 * seconds:.0f} ms" for seconds in (a.seconds, a.cpu_seconds))
            other = (f"{1000 * seconds:.0f} ms" for seconds in (b.seconds, b.cpu_seconds))
            print(f"| {what} | {' | '.join(told)} | {peer} | {' | '.join(other)} |", flush=True)


if __name__ == "__main__":
    main()

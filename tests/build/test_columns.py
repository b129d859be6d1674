"""Columns of Arrow from Python values, equal to those that Arrow itself makes of them."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pyarrow as pa
import pytest
from extracting import environment

from etl.build.columns import batch, rows_to_table, strings

VALUES: dict[str, tuple[pa.DataType, list[Any]]] = {
    "text": (pa.string(), ["a", "", "späť", "b" * 300, "\U0001f590"]),
    "small": (pa.int32(), [0, -1, 2**31 - 1, -(2**31), 7]),
    "large": (pa.int64(), [0, -1, 2**63 - 1, -(2**63), 7]),
    "real": (pa.float64(), [0.1, -0.0, 1e300, 2.0, 5e-324]),
    "truth": (pa.bool_(), [True, False, False, True, True]),
}
SCHEMA = pa.schema([(name, kind) for name, (kind, _) in VALUES.items()])


@pytest.mark.parametrize("missing", [(), (0,), (4,), (0, 1, 2, 3, 4), (1, 3)])
@pytest.mark.parametrize("repeated", [0, 1, 2, 30])
def test_columns_are_those_that_arrow_makes_of_the_same_values(missing: tuple[int, ...], repeated: int):
    columns = {
        name: [None if number in missing else value for number, value in enumerate(values)] * repeated
        for name, (_, values) in VALUES.items()
    }
    made = batch(columns, SCHEMA)
    made.validate(full=True)
    assert made.equals(pa.record_batch(columns, schema=SCHEMA))


def test_what_a_row_does_not_name_is_null():
    table = rows_to_table([{"text": "a"}, {"small": 1, "truth": False}], SCHEMA)
    assert table.schema == SCHEMA
    assert table.to_pylist() == [
        {"text": "a", "small": None, "large": None, "real": None, "truth": None},
        {"text": None, "small": 1, "large": None, "real": None, "truth": False},
    ]
    assert rows_to_table([], SCHEMA).num_rows == 0


def test_half_letters_of_rejected_text_are_kept_as_they_are_written_in_python():
    assert strings(["a", "\ud800", "b"]).to_pylist() == ["a", "\\ud800", "b"]


def test_making_columns_does_not_import_pandas():
    program = (
        "import sys, pyarrow as pa\n"
        "from etl.build.columns import rows_to_table\n"
        "schema = pa.schema([('a', pa.string()), ('b', pa.int32())])\n"
        "rows_to_table([{'a': 'x', 'b': None}, {'a': None, 'b': 1}], schema)\n"
        "print('pandas' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], env=environment(), capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("False\n", "")

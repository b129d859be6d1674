"""Answers: every type of the engine in every format, right or refused in one line; which format a file gets."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import duckdb
import pyarrow.parquet as pq
import pytest

from etl.cli.answers import FORMATS, SUFFIXES

REFUSED = object()
SAME = object()  # in JSON a string with the text, in Parquet the value of the JSON


class Case(NamedTuple):
    """A value in SQL, and what it is as text, in JSON and in a Parquet file, written by hand."""

    sql: str
    text: str
    json: object = SAME
    parquet: object = SAME


MOMENT = datetime(2026, 2, 3, 4, 5, 6)
WIDEST = 340282366920938463463374607431768211455
CASES = {
    "boolean": Case("true", "true", True),
    "tinyint": Case("(-128)::tinyint", "-128", -128),
    "smallint": Case("(-32768)::smallint", "-32768", -32768),
    "integer": Case("-5", "-5", -5),
    "bigint": Case("9223372036854775807", "9223372036854775807", 9223372036854775807),
    "utinyint": Case("255::utinyint", "255", 255),
    "usmallint": Case("65535::usmallint", "65535", 65535),
    "uinteger": Case("4294967295::uinteger", "4294967295", 4294967295),
    "ubigint": Case("18446744073709551615::ubigint", "18446744073709551615", 18446744073709551615),
    "hugeint": Case("(-1)::hugeint", "-1", -1, Decimal(-1)),
    "widest hugeint": Case(f"{WIDEST // 2}::hugeint", str(WIDEST // 2), WIDEST // 2, REFUSED),
    "uhugeint": Case("7::uhugeint", "7", 7, Decimal(7)),
    "widest uhugeint": Case(f"{WIDEST}::uhugeint", str(WIDEST), WIDEST, REFUSED),
    "bignum": Case(f"'{WIDEST}0'::bignum", f"{WIDEST}0", WIDEST * 10, REFUSED),
    "float": Case("0.5::float", "0.5", 0.5),
    "double": Case("0.1::double", "0.1", 0.1),
    "nan": Case("'nan'::double", "nan", None, float("nan")),
    "infinite double": Case("'-inf'::double", "-inf", None, float("-inf")),
    "decimal": Case("123.450::decimal(9, 3)", "123.450", 123.45, Decimal("123.450")),
    "long decimal": Case(
        "1234567890123456789012345678.9::decimal(38, 10)",
        "1234567890123456789012345678.9000000000",
        1234567890123456789012345678.9,
        Decimal("1234567890123456789012345678.9000000000"),
    ),
    "varchar": Case("'a,\"b\" | <c> 🦆'", "a,\"b\" | <c> 🦆"),
    "blob": Case(r"'\xAAb'::blob", r"\xAAb", SAME, b"\xaab"),
    "bit": Case("'10101'::bit", "10101", SAME, REFUSED),
    "uuid": Case("'00000000-0000-0000-0000-000000000001'::uuid", "00000000-0000-0000-0000-000000000001"),
    "enum": Case("'b'::enum('a', 'b')", "b"),
    "date": Case("date '2026-02-03'", "2026-02-03", SAME, date(2026, 2, 3)),
    "infinite date": Case("'infinity'::date", "infinity", SAME, REFUSED),
    "time": Case("time '01:02:03.000004'", "01:02:03.000004", SAME, time(1, 2, 3, 4)),
    "time_ns": Case("'01:02:03.000004'::time_ns", "01:02:03.000004", SAME, time(1, 2, 3, 4)),
    "end of day": Case("time '24:00:00'", "24:00:00", SAME, REFUSED),
    "time with time zone": Case("'01:02:03+05:30'::timetz", "01:02:03+05:30", SAME, REFUSED),
    "timestamp": Case("timestamp '2026-02-03 04:05:06'", "2026-02-03 04:05:06", SAME, MOMENT),
    "timestamp_s": Case("'2026-02-03 04:05:06'::timestamp_s", "2026-02-03 04:05:06", SAME, MOMENT),
    "timestamp_ms": Case("'2026-02-03 04:05:06'::timestamp_ms", "2026-02-03 04:05:06", SAME, MOMENT),
    "timestamp_ns": Case("'2026-02-03 04:05:06'::timestamp_ns", "2026-02-03 04:05:06", SAME, MOMENT),
    "infinite timestamp": Case("'-infinity'::timestamp", "-infinity", SAME, REFUSED),
    "timestamp with time zone": Case(
        "timestamptz '2026-02-03 04:05:06+00'", "2026-02-03 04:05:06+00", SAME, MOMENT.replace(tzinfo=UTC)
    ),
    "timestamptz_ns": Case(
        "'2026-02-03 04:05:06+00'::timestamptz_ns", "2026-02-03 04:05:06+00", SAME, MOMENT.replace(tzinfo=UTC)
    ),
    "infinite timestamp with time zone": Case("'infinity'::timestamptz", "infinity", SAME, REFUSED),
    "interval": Case("interval '1 month 2 days'", "1 month 2 days", SAME, REFUSED),
    "list": Case("[[1, null], [], null]", "[[1, NULL], [], NULL]", [[1, None], [], None]),
    "list of dates": Case("[date '2026-02-03']", "[2026-02-03]", ["2026-02-03"], REFUSED),
    "array": Case("[1, 2]::integer[2]", "[1, 2]", [1, 2]),
    "struct": Case("{'a': [1], 'b': 'x'}", "{'a': [1], 'b': x}", {"a": [1], "b": "x"}),
    "tuple": Case("(1, 'x')", "(1, x)", [1, "x"], REFUSED),
    "map": Case("map {'k': 1}", "{k=1}", {"k": 1}, [("k", 1)]),
    "union": Case("union_value(age := 5)", "5", {"age": 5}, REFUSED),
    "json": Case("""'{"a": [1]}'::json""", '{"a": [1]}', {"a": [1]}, '{"a": [1]}'),
    "variant": Case("{'a': 1}::variant", "{'a': 1}", {"a": 1}, REFUSED),
    "geometry": Case("'POINT (1 2)'::geometry", "POINT (1 2)", SAME, REFUSED),
    "null": Case("null", "", None),
}  # fmt: skip
ALL = "select " + ", ".join(f'{case.sql} as "{name}"' for name, case in CASES.items())


def json_value(case: Case) -> object:
    return case.text if case.json is SAME else case.json


@pytest.fixture(scope="module", autouse=True)
def in_greenwich():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "UTC")
        yield


@pytest.fixture
def ask(contact_release, sample_warehouse):
    """Ask the sample's warehouse."""

    def run(sql: str, *options: object):
        done = contact_release("query", sql, "--warehouse", str(sample_warehouse), *map(str, options))
        return done._replace(status=done.status or 0)

    return run


def test_every_type_of_the_engine_is_among_the_cases():
    with duckdb.connect() as engine:
        covered = {kind.id for kind in engine.sql(ALL).types}
        known = {kind.id for kind in engine.sql("from test_all_types()").types if str(kind) != "STRUCT"}
    assert known <= covered


@pytest.mark.parametrize(("output_format", "delimiter"), [("csv", ","), ("tsv", "\t")])
def test_every_type_is_right_as_separated_values(ask, output_format: str, delimiter: str):
    done = ask(ALL, "--format", output_format)
    header, row = csv.reader(io.StringIO(done.out), delimiter=delimiter)
    assert dict(zip(header, row, strict=True)) == {name: case.text for name, case in CASES.items()}


@pytest.mark.parametrize("output_format", ["json", "jsonl"])
def test_every_type_is_right_in_json(ask, output_format: str):
    found = json.loads(ask(ALL, "--format", output_format).out, parse_constant=pytest.fail)
    assert (found[0] if output_format == "json" else found) == {n: json_value(case) for n, case in CASES.items()}


def test_every_type_is_right_in_a_table_and_in_markdown(ask):
    for name, case in CASES.items():
        lines = ask(f'select {case.sql} as "{name}"').out.split("\n")
        assert lines[3].strip() == case.text, name
    row = ask(ALL, "--format", "markdown").out.splitlines()[2]
    shown = [
        cell.replace("&lt;", "<").replace("\\|", "|").replace("\\\\", "\\")
        for cell in re.split(r"(?<!\\) \| ", row[2:-2])
    ]
    assert [cell.strip() for cell in shown] == [case.text for case in CASES.values()]  # fmt: skip


def test_every_type_is_right_in_latex(ask):
    row = ask(ALL, "--format", "latex").out.splitlines()[5].removesuffix(r" \\")
    plain = {r"\textbackslash{}": "\\", r"\textless{}": "<", r"\textgreater{}": ">", r"\textbar{}": "|", "$-$": "-"}
    cells = []
    for cell in row.split(" & "):
        for escaped, sign in plain.items():
            cell = cell.replace(escaped, sign)
        cells.append(re.sub(r"\{([][*])\}", r"\1", re.sub(r"\\([&%$#_{}])", r"\1", cell)).strip())
    assert cells == [case.text for case in CASES.values()]


def test_every_type_is_right_in_parquet_or_refused_in_one_line(ask, tmp_path: Path):
    held = {name: case for name, case in CASES.items() if case.parquet is not REFUSED}
    sql = "select " + ", ".join(f'{case.sql} as "{name}"' for name, case in held.items())
    assert ask(sql, "--output", tmp_path / "held.parquet").status == 0
    [found] = pq.read_table(tmp_path / "held.parquet").to_pylist()
    expected = {name: json_value(case) if case.parquet is SAME else case.parquet for name, case in held.items()}
    assert str(found.pop("nan")) == str(expected.pop("nan"))
    assert found == expected
    for name in CASES.keys() - held.keys():
        done = ask(f'select {CASES[name].sql} as "{name}"', "--output", tmp_path / "refused.parquet")
        assert (done.status, done.out, done.err.count("\n")) == (1, "", 1), name
        assert name in done.err
    assert [path.name for path in tmp_path.iterdir()] == ["held.parquet"]


@pytest.mark.parametrize("output_format", FORMATS)
def test_a_file_holds_every_row_in_the_format_of_its_suffix_or_of_the_option(ask, tmp_path: Path, output_format: str):
    suffix = {name: suffix for suffix, name in SUFFIXES.items()}.get(output_format)
    named = tmp_path / f"answer{suffix}"
    chosen = tmp_path / "answer.other"
    if suffix:
        assert ask("from range(123)", "--output", named).status == 0
    assert ask("from range(123)", "--output", chosen, "--format", output_format).status == 0
    if output_format == "parquet":
        assert pq.read_table(chosen)["range"].to_pylist() == list(range(123))
    else:
        assert re.findall(r"\b\d+\b", chosen.read_text()) == [str(number) for number in range(123)]
    assert not suffix or named.read_bytes() == chosen.read_bytes()


@pytest.mark.parametrize("name", ["answer", "answer.txt", "answer.parquet.gz", "answer.xlsx"])
def test_a_suffix_that_names_no_format_is_refused(ask, tmp_path: Path, name: str):
    done = ask("select 1", "--output", tmp_path / name)
    assert done.status == 2
    assert "expected one of .csv .tsv .json .jsonl .md .parquet .tex, or --format" in done.err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".json", ".jsonl", ".parquet"])
def test_columns_that_share_a_name_keep_their_values(ask, tmp_path: Path, suffix: str):
    target = tmp_path / f"answer{suffix}"
    assert ask("select 1 as a, 2 as a, 3 as a_1, 4 as b", "--output", target).status == 0
    with duckdb.connect() as engine:
        answer = engine.sql(f"from '{target}'")
        assert (answer.columns, answer.fetchall()) == (["a", "a_1", "a_1_1", "b"], [(1, 2, 3, 4)])


def test_an_answer_without_columns_is_refused_in_one_line(ask):
    done = ask("select columns(name -> name = 'none') from events")
    assert (done.status, done.out, done.err.count("\n")) == (1, "", 1)


def test_an_answer_without_rows_keeps_its_columns(ask, tmp_path: Path):
    for suffix in (".csv", ".tsv", ".md", ".parquet", ".tex"):
        target = tmp_path / f"answer{suffix}"
        assert ask("select 1 as one, 'a' as text where false", "--output", target).status == 0
        assert b"one" in target.read_bytes()
        assert b"text" in target.read_bytes()
    assert ask("select 1 as one where false", "--format", "json").out == "[]\n"


@pytest.mark.parametrize(
    "sql",
    [
        "-- a comment\nselect 7 as a",
        "--\nselect 7 as a",
        "--a=b\nselect 7 as a",
        "/* a */ select 7 as a -- b",
        "--format is no option\nselect 7 as a",
    ],
)
def test_a_query_may_begin_with_a_comment(ask, sql: str):
    assert ask(sql, "--format", "csv").out == "a\n7\n"


def test_an_option_that_there_is_not_is_still_refused(ask):
    assert "No such option '--formt'" in ask("select 1", "--formt", "csv").err


@pytest.mark.parametrize("text", ["select 7 as a", "-- a comment\nselect 7 as a;\n", "\ufeffselect 7 as a"])
def test_a_query_is_read_from_standard_input(ask, monkeypatch: pytest.MonkeyPatch, text: str):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert ask("-", "--format", "csv").out == "a\n7\n"


def test_standard_input_that_is_no_text_is_refused(ask, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"select '\xff'")))
    assert "standard input: not text in UTF-8" in ask("-").err


def test_what_never_ends_is_no_query(ask, monkeypatch: pytest.MonkeyPatch):
    with Path("/dev/zero").open() as zeros:
        monkeypatch.setattr("sys.stdin", zeros)
        assert "more than 10,000,000 bytes, which is not a query" in ask("-").err


def test_a_parameter_that_is_given_twice_is_refused(ask):
    done = ask("select $a", "--param", "a=1", "--param", "a=2")
    assert (done.status, "--param a is given twice: '1' and '2'" in done.err) == (2, True)


def test_latex_is_a_table_of_booktabs_with_numbers_at_the_right(ask):
    assert ask("select 'a_b' as t, -1.5 as x, '[1]' as l, 'a--b' as d", "--format", "latex").out == (
        "% in the preamble: \\usepackage{booktabs}\n"
        "\\begin{tabular}{lrll}\n\\toprule\nt & x & l & d \\\\\n\\midrule\n"
        "a\\_b & $-$1.5 & {[}1{]} & a-{}-b \\\\\n\\bottomrule\n\\end{tabular}\n"
    )

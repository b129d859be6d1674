"""What the exact pass notes: places, shortened values, unknown fields, records set aside."""

from __future__ import annotations

import pytest

from etl.annotations.findings import File, Findings, RecordSpan, quoted, shown
from etl.annotations.located_json import parse
from etl.annotations.model import EVENTS_FILE, TEMPLATES_FILE, InputFile
from etl.errors import AnnotationError, Problem


def file(text: str, name: str = EVENTS_FILE) -> File:
    return File(name, text, InputFile(name, len(text), "", 0.0))


@pytest.mark.parametrize(("position", "place"), [(0, (1, 1)), (2, (1, 3)), (3, (2, 1)), (4, (2, 2)), (6, (3, 1))])
def test_lines_and_columns_count_from_one_and_a_line_holds_its_end(position: int, place: tuple[int, int]):
    line, column = place
    assert file("ab\ncd\n").place(position) == f"line {line}, column {column}"


def test_a_number_of_more_than_40_characters_and_a_text_of_more_than_60_are_shortened():
    assert shown(parse("1" * 40)) == "1" * 40
    assert shown(parse("1" * 41)) == "1" * 40 + "… (41 characters)"
    assert quoted("a" * 60) == '"' + "a" * 60 + '"'
    assert quoted("a" * 61) == '"' + "a" * 60 + '…"'
    assert quoted("é\n") == '"\\u00e9\\n"'
    assert quoted("é") == '"é"'


def test_unknown_fields_are_counted_in_one_line_and_ten_of_their_names_told():
    findings = Findings()
    assert findings.warnings() == ()
    findings.extra_fields["z"] += 1
    assert findings.warnings() == (f'{EVENTS_FILE}: 1 unknown field ignored: "z" (1×)',)
    findings.extra_fields.update({f"f{number}": 1000 for number in range(9)})
    [line] = findings.warnings()
    assert line.startswith(f'{EVENTS_FILE}: 9,001 unknown fields ignored: "f0" (1,000×), ')
    assert line.endswith('"f8" (1,000×), "z" (1×)')
    findings.extra_fields["a"] += 1
    assert findings.warnings()[0].endswith('"f8" (1,000×), and 1 more names')


def test_problems_within_files_come_before_those_between_and_each_in_the_order_of_the_files():
    findings = Findings()
    events, templates = RecordSpan(file("x" * 9), "/1", 4, 5), RecordSpan(file("y" * 9, TEMPLATES_FILE), "/t", 0, 1)
    findings.record_problem(events, "between", "other", between_files=True)
    findings.record_problem(templates, "late", "other")
    findings.record_problem(events, "second", "other", at=5)
    findings.record_problem(events, "first", "other")
    assert [problem.found for problem in findings.sorted_problems()] == ["first", "second", "late", "between"]


def test_a_part_of_a_record_that_is_set_aside_itself_is_left_out():
    findings, events = Findings(), file('{"1":[{}],"2":[]}')
    whole, part = RecordSpan(events, "/1", 5, 9), RecordSpan(events, "/1/0", 6, 8)
    after, other = RecordSpan(events, "/2", 14, 16), RecordSpan(file("[]", TEMPLATES_FILE), "/t", 0, 2)
    for record in (other, after, part, whole):
        findings.set_aside(record, f"no {record.location}")
    findings.record_problem(whole, "a", "b", location="/1/x")
    assert [(reject.location, reject.problem, reject.record) for reject in findings.sorted_rejects()] == [
        ("/1", "no /1; /1/x: found a, expected b", "[{}]"),
        ("/2", "no /2", "[]"),
        ("/t", "no /t", "[]"),
    ]


def test_what_can_be_done_is_told_by_what_was_found():
    findings = Findings()
    findings.raise_problems(quarantine=False)
    findings.record_problem(RecordSpan(file("x"), "/1", 0, 1), "a", "b")
    findings.raise_problems(quarantine=True)
    with pytest.raises(AnnotationError, match="add --quarantine") as caught:
        findings.raise_problems(quarantine=False)
    assert "--problems FILE" not in str(caught.value)
    for _ in range(AnnotationError.LINES_SHOWN):
        findings.file_problem(Problem(EVENTS_FILE, "", "c", "d"))
    for quarantine, message in ((True, "a file that cannot be read has none"), (False, "Nothing was built. To get")):
        with pytest.raises(AnnotationError, match=message) as caught:
            findings.raise_problems(quarantine=quarantine)
        assert "--problems FILE" in str(caught.value)

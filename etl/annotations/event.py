"""The exact pass's reading of one event: every field, and everything that JSON readers let pass."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from etl.annotations.findings import File, Findings, RecordSpan, quoted, shown
from etl.annotations.located_json import Value, pointer
from etl.annotations.model import LIMITS, WORDS

__all__ = ["read_event"]

EXPECTED = {
    **{key: f"{', '.join(map(quoted, words[:-1]))} or {quoted(words[-1])}" for key, words in WORDS.items()},
    **{key: f"a whole number from 0 to {limit}" for key, limit in LIMITS.items()},
}
NO_JSON = ("NaN", "Infinity", "-Infinity")


def read_event(file: File, path: tuple[str, int], item: Value, findings: Findings) -> tuple[int, ...] | None:
    """Return index, action, agent, frame, x, y of an event; None if it has problems, which are noted."""
    record = RecordSpan(file, pointer(*path), item.start, item.end)
    if item.kind != "object":
        findings.record_problem(record, shown(item), "an event: an object")
        return None
    is_sound = _check_within(record, path, item, findings)
    fields = {key: field for key, _, field in item.members}
    unknown = [key for key in fields if key not in EXPECTED]
    findings.extra_fields.update(unknown)
    numbers = []
    for key, expected in EXPECTED.items():
        field = fields.get(key)
        if field is None:
            hint = f"it has {quoted(unknown[0])}, which is unknown" if unknown else ""
            findings.record_problem(record, f"no {quoted(key)}", expected, hint)
        elif (number := _number(key, field)) is not None:
            numbers.append(number)
        elif field.kind not in NO_JSON:  # already noted
            location = pointer(*path, key)
            findings.record_problem(
                record, shown(field), expected, _hint(key, field), location=location, at=field.start
            )
    return (path[1], *numbers) if is_sound and len(numbers) == len(EXPECTED) else None


def _check_within(record: RecordSpan, path: tuple[str | int, ...], item: Value, findings: Findings) -> bool:
    """Note every repeated key and every NaN or Infinity, at any level of `item`; return whether there is none."""
    if item.kind in NO_JSON:
        hint = "JSON has no NaN or Infinity"
        findings.record_problem(record, item.kind, "a JSON value", hint, location=pointer(*path), at=item.start)
        return False
    is_sound, seen = True, set()
    for key, key_start, field in item.members:
        if key in seen:
            location = pointer(*path, key)
            findings.record_problem(record, f"{quoted(key)} again", "every key once", location=location, at=key_start)
            is_sound = False
        seen.add(key)
        is_sound &= _check_within(record, (*path, key), field, findings)
    for index, element in enumerate(item.items):
        is_sound &= _check_within(record, (*path, index), element, findings)
    return is_sound


def _number(key: str, field: Value) -> int | None:
    """Return the position of an action or agent, or the integer that a number exactly equals (9, 9.0, 4.1e1).

    None if the field is neither.
    """
    if key in WORDS:
        return WORDS[key].index(field.text) if field.kind == "string" and field.text in WORDS[key] else None
    if field.kind != "number":
        return None
    try:
        number = Decimal(field.text)
    except InvalidOperation:  # an exponent beyond all bounds
        return None
    is_whole = 0 <= number <= LIMITS[key] and number == number.to_integral_value()
    return int(number) if is_whole else None


def _hint(key: str, field: Value) -> str:
    if field.kind != "string":
        return ""
    if key in LIMITS:
        return "numbers have no quotes"
    return "letter case and spaces matter" if field.text.strip().lower() in WORDS[key] else ""

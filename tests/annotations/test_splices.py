"""A change in a file's text changes that record and nothing else, in the style that stands there."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.annotations.splices import Splice, VideoEdit, event_splices, id_splices, spliced, undone

FLOATS = '{"action":"contact","agent":"hand-object","frameNumber":10.0,"pointX":244.0,"pointY":35.0}'
WHOLE = '{"action":"release","agent":"hand-object","frameNumber":9,"pointX":113,"pointY":169}'
ADDED: dict[str, str | int] = {
    "action": "contact",
    "agent": "object-object",
    "frameNumber": 3,
    "pointX": 1,
    "pointY": 2,
}


def edited(text: str, edits: dict[str, VideoEdit]) -> str:
    splices, _ = event_splices(text, edits)
    after = spliced(text, splices)
    assert undone(after, splices) == text
    return after


def test_only_the_changed_field_changes_and_a_number_keeps_its_form():
    text = f'{{"1":[{FLOATS},{WHOLE}],"2":[{WHOLE}]}}'
    change = {"frameNumber": 12, "pointX": 244}
    after = edited(text, {"1": VideoEdit(changed={0: change, 1: change})})
    expected = text.replace("10.0", "12.0").replace('9,"pointX":113', '12,"pointX":244', 1)
    assert after == expected


def test_what_is_added_comes_last_and_looks_like_the_event_before_it():
    text = f'{{"1":[{WHOLE},{FLOATS}],"2":[{WHOLE}]}}'
    after = edited(text, {"1": VideoEdit(added=[ADDED])})
    new = '{"action":"contact","agent":"object-object","frameNumber":3.0,"pointX":1.0,"pointY":2.0}'
    assert after == text.replace(FLOATS, f"{FLOATS},{new}")


@pytest.mark.parametrize("indent", [None, 2, "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_indents_and_line_ends_stay(indent: int | str | None, line_end: str):
    one, other = json.loads(WHOLE), json.loads(FLOATS)
    videos = {"1": [one], "2": [one, other, one], "3": [other]}

    def written(content: object) -> str:
        return json.dumps(content, indent=indent).replace("\n", line_end)

    as_last = {key: type(one[key])(value) for key, value in ADDED.items()}
    edits = {"1": VideoEdit(added=[ADDED]), "2": VideoEdit({0: None}, [ADDED]), "3": VideoEdit({0: None})}
    after = edited(written(videos), edits)
    assert json.loads(after) == {"1": [one, ADDED], "2": [other, one, ADDED]}
    if indent is not None:
        assert after == written({"1": [one, as_last], "2": [other, one, as_last]})


def test_an_event_with_more_fields_is_no_model_for_a_new_one():
    text = '{"1":[' + WHOLE[:-1] + ',"note":"odd"}]}'
    after = edited(text, {"1": VideoEdit(added=[ADDED])})
    assert json.loads(after)["1"][1] == ADDED


@pytest.mark.parametrize("dropped", [{"1"}, {"2"}, {"3"}, {"1", "2"}, {"2", "3"}, {"1", "3"}, {"1", "2", "3"}])
def test_videos_that_lose_their_last_event_go_from_every_file(dropped: set[str]):
    videos = {key: [json.loads(WHOLE)] for key in "123"}
    for indent in (None, 2):
        text = json.dumps(videos, indent=indent)
        splices, emptied = event_splices(text, {video_id: VideoEdit({0: None}) for video_id in dropped})
        assert set(emptied) == dropped
        assert json.loads(spliced(text, splices)) == {key: of for key, of in videos.items() if key not in dropped}
        for lists in ({"a": ["1", "3"], "b": ["2"], "c": []}, ["3", "1", "2"]):
            text = json.dumps(lists, indent=indent)
            after = json.loads(spliced(text, id_splices(text, dropped)))
            if isinstance(lists, dict):
                assert after == {key: [i for i in ids if i not in dropped] for key, ids in lists.items()}
            else:
                assert after == [i for i in lists if i not in dropped]


def test_a_splice_of_another_text_is_refused():
    with pytest.raises(ValueError, match="character 1"):
        spliced("abc", [Splice(1, "x", "y")])
    with pytest.raises(ValueError, match="character 1"):
        spliced("abc", [Splice(0, "ab", "y"), Splice(1, "b", "y")])


EVENTS: st.SearchStrategy[dict[str, Any]] = st.builds(
    dict,
    action=st.sampled_from(["contact", "release"]),
    agent=st.just("hand-object"),
    frameNumber=st.one_of(st.integers(0, 99), st.integers(0, 99).map(float)),
    pointX=st.integers(0, 9),
    pointY=st.integers(0, 9),
)


LABELS = EVENTS.map(lambda event: event | {"frameNumber": int(event["frameNumber"])})


@given(st.lists(EVENTS, min_size=1, max_size=4), st.data())
def test_any_edit_leads_where_it_says_and_back(events: list[dict], data: st.DataObject):
    text = json.dumps({"a": events, "b": events}, indent=data.draw(st.sampled_from([None, 1])))
    changes = st.dictionaries(st.integers(0, len(events) - 1), st.one_of(st.none(), LABELS))
    edit = VideoEdit(data.draw(changes), data.draw(st.lists(LABELS, max_size=2)))
    kept = [edit.changed.get(index, event) for index, event in enumerate(events)]
    expected = [event for event in kept if event is not None] + edit.added
    whole = {"a": expected, "b": events} if expected else {"b": events}
    assert json.loads(edited(text, {"a": edit})) == whole

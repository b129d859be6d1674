"""What CVAT servers dump: parts of videos, jobs, projects, dropped attributes. The videos are those of `exports.py`.

Video 20 has 13 frames (a release at 9, a contact at 4), video späť 16 (a release at 12, a contact at 2).
"""

from __future__ import annotations

from pathlib import Path

import pytest
from cvat_dumps import Dumped, dump, project_dump, task_meta, video_dump
from exports import exported

from etl.corrections import Correction, import_corrections
from etl.errors import AnnotationError
from etl.warehouse.open import Warehouse
from etl.wording import counted

RELEASE = Dumped("release", 9, 99, 59, event_index=0)
CONTACT = Dumped("contact", 4, 0, 0, event_index=1)
OTHERS = [
    Dumped("release", 12, 33, 21, "object-surface", event_index=0),
    Dumped("contact", 2, 3, 4, "object-surface", event_index=1),
]
WHOLE = range(13)


@pytest.fixture(scope="module")
def handed_out(hostile: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return exported(hostile, "cvat", tmp_path_factory.mktemp("cvat") / "export").folder


@pytest.fixture
def bring_in(hostile: Warehouse, handed_out: Path, tmp_path: Path):
    def bring_in(*files: str) -> Correction:
        for number, text in enumerate(files):
            folder = tmp_path / "corrected" / f"job_{number}"
            folder.mkdir(parents=True)
            (folder / "annotations.xml").write_text(text, encoding="utf-8")
        return import_corrections(hostile, "cvat", tmp_path / "corrected", handed_out, tmp_path / "out")

    return bring_in


def told(made: Correction) -> tuple[str, ...]:
    """The notes, but that the annotation files themselves were not there: in these tests they never are."""
    return tuple(note for note in made.notes if not note.startswith("The annotation files that the warehouse was"))


def changes(made: Correction) -> list[tuple[str, str, int | None]]:
    return [
        (found.kind, found.video_id, found.before.event_index if found.before else None) for found in made.differences
    ]


def refusal(bring_in, *files: str) -> str:
    with pytest.raises(AnnotationError) as caught:
        bring_in(*files)
    return str(caught.value)


@pytest.mark.parametrize("is_closed", [True, False])
@pytest.mark.parametrize("lasts", [1, 3])
def test_a_tasks_dump_that_nobody_changed_makes_no_difference(bring_in, is_closed: bool, lasts: int):
    events = [Dumped(**{**vars(event), "lasts": lasts, "is_closed": is_closed}) for event in (RELEASE, CONTACT)]
    made = bring_in(video_dump("20.webm", WHOLE, events))
    assert (changes(made), told(made)) == ([], ())


@pytest.mark.parametrize(
    ("frames", "shown", "hidden"),
    [(range(5, 13), RELEASE, 1), (range(0, 13, 3), RELEASE, 1), (range(0, 13, 2), CONTACT, 1), (range(4), None, 2)],
)
def test_events_on_frames_that_were_not_shown_stay(bring_in, frames: range, shown: Dumped | None, hidden: int):
    made = bring_in(video_dump("20.webm", frames, [shown] if shown else []))
    assert changes(made) == []
    assert made.notes[0].startswith(f"{counted(hidden, 'exported event')} on frames that were not shown")


def test_an_event_that_was_shown_and_does_not_come_back_was_removed(bring_in):
    assert changes(bring_in(video_dump("20.webm", range(5, 13), []))) == [("removed", "20", 0)]


def test_a_jobs_dump_is_read_as_a_tasks(bring_in):
    made = bring_in(video_dump("20.webm", range(6), [Dumped("contact", 3, 0, 0, event_index=1)], tag="job"))
    assert changes(made) == [("moved", "20", 1)]
    assert made.differences[0].frames == -1


def test_tracks_that_two_jobs_hold_alike_count_once(bring_in):
    first = video_dump("20.webm", range(11), [CONTACT, RELEASE], tag="job", number=1)
    second = video_dump("20.webm", range(8, 13), [RELEASE], tag="job", number=2)
    made = bring_in(first, second)
    assert changes(made) == []
    assert told(made) == ("1 event in two jobs whose frames overlap, the same in both: counted once.",)


def test_tracks_that_two_jobs_hold_unlike_are_named(bring_in):
    moved = Dumped("release", 9, 90, 59, event_index=0)
    first = video_dump("20.webm", range(11), [CONTACT, RELEASE], tag="job", number=1)
    text = refusal(bring_in, first, video_dump("20.webm", range(8, 13), [moved], tag="job", number=2))
    assert "job_1/annotations.xml: found release hand-object at frame 9, point 90, 59 in job_1/annotations.xml" in text
    assert "expected the same events in both, because both jobs show this frame" in text


def test_one_file_of_two_overlapping_jobs_counts_what_is_alike_once_and_names_what_is_not(bring_in):
    segments = [(0, 10), (8, 12)]
    made = bring_in(video_dump("20.webm", WHOLE, [CONTACT, RELEASE, RELEASE], segments=segments))
    assert (changes(made), len(told(made))) == ([], 1)


def test_one_file_of_two_jobs_that_hold_an_event_unlike_is_refused(bring_in):
    moved = Dumped("release", 10, 99, 59, event_index=0)
    text = refusal(bring_in, video_dump("20.webm", WHOLE, [CONTACT, RELEASE, moved], segments=[(0, 10), (8, 12)]))
    assert "track 3: found release hand-object at frame 10" in text
    assert "as in the other job that shows this frame" in text


def test_the_rest_of_a_track_where_the_next_job_begins_is_no_event(bring_in):
    rest = '<track id="9" label="release"><points frame="10" keyframe="1" outside="1" points="99.00,59.00"></points>'
    text = video_dump("20.webm", WHOLE, [CONTACT, RELEASE], segments=[(0, 9), (10, 12)])
    assert changes(bring_in(text.replace("</annotations>", f"{rest}</track></annotations>"))) == []


def test_the_same_file_twice_is_refused(bring_in):
    text = video_dump("20.webm", WHOLE, [CONTACT, RELEASE])
    assert "expected each video or frame once" in refusal(bring_in, text, text)


def test_a_projects_dump_counts_frames_on_from_task_to_task(bring_in):
    moved = Dumped("contact", 3, 3, 4, "object-surface", event_index=1)
    made = bring_in(
        project_dump([("20.webm", WHOLE, [RELEASE, CONTACT]), ("späť.webm", range(16), [OTHERS[0], moved])])
    )
    assert changes(made) == [("moved", "späť", 1)]
    assert made.differences[0].frames == 1


def test_a_projects_task_on_a_part_of_its_video_counts_on_from_its_start(bring_in):
    parts = [("20.webm", range(4, 13, 5), [RELEASE, CONTACT]), ("späť.webm", range(16), OTHERS)]
    assert changes(bring_in(project_dump(parts))) == []


def test_agents_that_the_server_dropped_are_taken_from_the_export(bring_in):
    moved = Dumped("release", 7, 90, 50, agent=None)
    made = bring_in(video_dump("20.webm", WHOLE, [moved, Dumped("contact", 4, 0, 0, agent=None)]))
    assert changes(made) == [("moved", "20", 0)]
    assert made.differences[0].after.agent == "hand-object"
    assert made.notes[0].startswith("2 events came back without an agent")


def test_a_new_event_without_an_agent_is_named(bring_in):
    events = [Dumped(one.label, one.frame, one.x, one.y, agent=None) for one in (RELEASE, CONTACT)]
    text = refusal(bring_in, video_dump("20.webm", WHOLE, [*events, Dumped("contact", 11, 5, 5, agent=None)]))
    assert "contact None at frame 11, point 5, 5" in text
    assert "an agent: the tool dropped it" in text


@pytest.mark.parametrize(
    ("text", "found", "expected"),
    [
        (
            dump(task_meta("task", 7, "20", range(3), mode="annotation"), []),
            "image task 'check 20' dumped as a video",
            "CVAT for images 1.1",
        ),
        (
            dump(task_meta("task", 7, "20.webm", WHOLE), ['<image id="4" name="frame_000004"></image>']),
            "video task 'check 20.webm' dumped as images",
            "CVAT for video 1.1",
        ),
        (dump("<job><id>3</id><mode>interpolation</mode></job>", []), "without the <source>", "the task's own dump"),
        (
            video_dump("20.webm", WHOLE, []).replace("<size>13<", "<size>12<"),
            "12 frames in <size> and frames 0 to 12, which are 13",
            "one extent",
        ),
        (
            video_dump("20.webm", WHOLE, []).replace("<frame_filter><", "<frame_filter>odd<"),
            "<frame_filter> 'odd'",
            "step=N",
        ),
        (video_dump("20.webm", range(14), []), "a video with frames up to 13", "frames from 0 to 12, as exported"),
        (video_dump("20.webm", range(8), [RELEASE]), "at frame 9", "a frame that was shown: 0 to 7"),
        (video_dump("20.webm", range(0, 13, 2), [RELEASE]), "at frame 9", "a frame that was shown: 0 to 12 by 2"),
        ("<annotations><meta></meta></annotations>", "no <task>, <job> or <project>", "one that says"),
    ],
)
def test_what_a_file_says_of_its_extent_is_compared_with_what_was_exported(
    bring_in, text: str, found: str, expected: str
):
    problem = refusal(bring_in, text)
    assert "job_0/annotations.xml" in problem
    assert found in problem
    assert expected in problem


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("</points>", '<attribute name="agent">object-object</attribute></points>', "agent 'hand-object' and 'object"),
        ("</meta>", "<source>other.webm</source></meta>", "'20.webm' and 'other.webm'"),
        ("<name>check 20.webm<", "<name>100.webm<", "a task called 100 with the video 20"),
    ],
)
def test_what_a_file_says_twice_has_to_agree(bring_in, old: str, new: str, found: str):
    text = video_dump("20.webm", WHOLE, [RELEASE, CONTACT])
    assert old in text
    assert found in refusal(bring_in, text.replace(old, new, 1))

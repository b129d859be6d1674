"""The paper's clips: what its table prints, counted."""

from __future__ import annotations

from collections import Counter

import pytest

from etl.dataset.paper_clips import PAPER_CLIP_FRAMES, paper_clips
from etl.schema import ACTIONS


def test_the_paper_has_99_clips_three_of_each_of_33_videos():
    per_video = Counter(clip.video_id for clip in paper_clips())
    assert len(paper_clips()) == 99
    assert set(per_video.values()) == {3}
    assert {clip.action for clip in paper_clips()} == set(ACTIONS)


def test_the_event_lies_in_its_clip_but_in_two_rows_of_one_video():
    outside = [
        (clip.video_id, clip.clip)
        for clip in paper_clips()
        if not clip.start_frame <= clip.event_frame < clip.start_frame + PAPER_CLIP_FRAMES
    ]
    assert outside == [("1979", 2), ("1979", 3)]


@pytest.mark.real_data
def test_62_clips_match_a_released_event_by_frame_and_action(real):
    matched = [
        real.execute(
            "select count(*) > 0 from events where (video_id, frame_number, action) = (?, ?, ?)",
            [clip.video_id, clip.event_frame, clip.action],
        ).fetchall()[0][0]
        for clip in paper_clips()
    ]
    assert sum(matched) == 62

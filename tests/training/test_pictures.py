"""Decoders that give the same pixels, and pictures that several cores draw."""

from __future__ import annotations

import multiprocessing
import os
import threading
from pathlib import Path

import cv2
import numpy as np
import pytest
from clips import picture

from etl.cores import usable_cores
from etl.errors import VideoError
from etl.training import cores, pictures


@pytest.mark.parametrize("size", [(427, 240), (320, 240), (33, 17), (1, 1), (426, 239)])
@pytest.mark.parametrize("quality", [95, 30])
def test_simplejpeg_and_opencv_give_the_same_pixels(size, quality):
    fast = pictures._decoder()
    assert fast is not pictures._by_opencv
    for seed in range(3):
        jpeg = cv2.imencode(".jpg", picture(seed, size, seed), [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()
        one, other = (np.zeros((size[1], size[0], 3), np.uint8) for _ in range(2))
        fast(jpeg, one)
        pictures._by_opencv(jpeg, other)
        assert (one == other).all()
        plain = cv2.imdecode(np.frombuffer(jpeg, np.uint8), 1)
        assert plain is not None and (one == plain[..., ::-1]).all()


@pytest.mark.parametrize("content", [b"", b"no picture", b"\xff\xd8\xff\xe0 cut off"])
def test_what_is_no_jpeg_is_an_error_of_the_video(content):
    for decode in (pictures._decoder(), pictures._by_opencv):
        with pytest.raises(VideoError, match="cannot be decoded"):
            decode(content, np.zeros((4, 4, 3), np.uint8))


def test_a_picture_of_another_size_is_refused_and_writes_nothing():
    jpeg = cv2.imencode(".jpg", picture(0, (32, 16)))[1].tobytes()
    for decode in (pictures._decoder(), pictures._by_opencv):
        out = np.zeros((8, 8, 3), np.uint8)
        with pytest.raises(VideoError, match="a frame of 32 × 16 pixels in a video of 8 × 8"):
            decode(jpeg, out)
        assert not out.any()


def test_work_is_done_once_for_each_row_by_several_threads_and_its_error_is_raised(monkeypatch):
    monkeypatch.setattr(cores, "usable_cores", lambda: 3)
    done, threads = [], set()

    meet = threading.Barrier(3, timeout=60)

    def work(number: int, _: str) -> None:
        meet.wait()
        threads.add(threading.get_ident())
        done.append(number)

    cores.for_each(work, [(number, "") for number in range(9)])
    assert sorted(done) == list(range(9)) and len(threads) == 3

    def fail(number: int) -> None:
        if number == 7:
            raise VideoError("the eighth")

    with pytest.raises(VideoError, match="the eighth"):
        cores.for_each(fail, [(number,) for number in range(9)])
    cores.for_each(work, [])


def test_a_worker_process_works_in_one_thread_even_where_its_parent_had_several(monkeypatch):
    monkeypatch.setattr(cores, "usable_cores", lambda: 3)
    cores.for_each(lambda number: None, [(number,) for number in range(9)])
    with multiprocessing.get_context("fork").Pool(1) as pool:
        assert pool.apply(threads_used) == 1


def threads_used() -> int:
    found: set[int] = set()
    cores.for_each(lambda number: found.add(threading.get_ident()), [(number,) for number in range(9)])
    return len(found)


def test_a_process_that_forked_by_itself_has_threads_of_its_own(monkeypatch):
    monkeypatch.setattr(cores, "usable_cores", lambda: 3)
    cores.for_each(lambda number: None, [(number,) for number in range(9)])
    assert cores._pool(os.getpid()) is not cores._pool(-1)


def test_cores_are_those_that_the_process_may_use():
    assert 1 <= usable_cores() <= (os.cpu_count() or 1)
    assert Path("/proc/self").exists() or usable_cores() == os.cpu_count()

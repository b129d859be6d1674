"""The command `extract`, as it is used: what it prints, and what is on disk whatever happens to it."""

from __future__ import annotations

import contextlib
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from clips import (
    cut,
    encrypt_mp4,
    lock,
    packets,
    smash,
    turn,
    write_clip,
    write_long_clip,
    write_resized,
    write_sound,
)
from extracting import command, environment, run, tree, wait_until_it_writes, write_warehouse

from etl.cli import progress as progress_module
from etl.extraction.plan import shard_of
from etl.extraction.record import has_all_files, read_record
from etl.warehouse.open import open_warehouse


def ask(warehouse, sql):
    with open_warehouse(warehouse) as opened:
        return opened.query(sql).fetchall()


def assert_whole(frames: Path) -> None:
    """Every folder that is there is whole: its record is true of its files, and it holds nothing else."""
    for folder in frames.iterdir():
        if folder.name != ".partial":
            record = read_record(folder)
            assert record is not None
            assert has_all_files(folder, record)
            assert len(list(folder.iterdir())) == record.saved_count + 1


def test_a_run_prints_a_summary_and_nothing_of_the_decoder(tmp_path):
    warehouse = write_warehouse(tmp_path, {"1": [0], "2": [0], "3": [0], "4": [0]})
    videos = tmp_path / "videos"
    write_clip(videos / "1.webm", "vp8", frames=3)
    smash(write_clip(videos / "deep" / "2.mp4", "h264", size=(426, 240)), [4])
    (videos / "3.webm").write_text("<html>")
    arguments = ("extract", "--videos", videos, "--frames", tmp_path / "frames", "--warehouse", warehouse)
    answer = run(*arguments)
    assert answer.returncode == 1
    lines = [line.split("  (")[0].rsplit(None, 1) for line in answer.stdout.splitlines()]
    assert lines[:4] == [["  done", "2"], ["  skipped", "0"], ["  failed", "1"], ["  no file", "1"]]
    assert "not_a_video 1" in answer.stdout
    assert "damaged 1" in answer.stdout
    assert "failed: 3: not_a_video" in answer.stderr
    assert "no file: 4" in answer.stderr
    assert "3 of 3 videos" in answer.stderr
    assert "FFMPEG" not in answer.stdout + answer.stderr
    assert ask(warehouse, "select count(*) from frame_index where video_id = '1'") == [(3,)]

    (videos / "3.webm").unlink()
    again = run(*arguments, "--quiet")
    assert again.returncode == 0
    assert "skipped         2" in again.stdout


def test_progress_in_a_log_is_lines_now_and_then_with_rate_and_time_left(capsys, monkeypatch):
    clock = iter([0.0, 5.0, 10.0, 20.0, 25.0])
    monkeypatch.setattr(progress_module, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    with progress_module.progress("videos") as show:
        for done in (0, 500, 1000, 1500, 2000):
            show(done, 2000)
    assert capsys.readouterr().err.splitlines() == [
        "1,000 of 2,000 videos, 100/s, 10 s left",
        "1,500 of 2,000 videos, 75/s, 7 s left",
        "2,000 of 2,000 videos, 80/s",
    ]


def test_work_of_under_a_second_has_no_rate(capsys, monkeypatch):
    clock = iter([0.0, 0.002])
    monkeypatch.setattr(progress_module, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    with progress_module.progress("events") as show:
        show(24_222, 24_222)
    assert capsys.readouterr().err == "24,222 of 24,222 events\n"


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["--videos", "nowhere"], 2, "'nowhere' does not exist"),
        (["--videos", ".", "--context", "2"], 2, "--context goes with --only annotated"),
        (["--videos", ".", "--only", "annotated", "--context", "101"], 2, "101 is not in the range 0<=x<=100"),
        (["--videos", ".", "--shard", "0/4"], 2, "expected I/N with 1 <= I <= N"),
        (["--videos", ".", "--shard", "5/4"], 2, "expected I/N with 1 <= I <= N"),
        (["--videos", ".", "--shard", "1"], 2, "expected I/N with 1 <= I <= N"),
        (["--videos", ".", "--jobs", "0"], 2, "--jobs"),
        (["--videos", ".", "--time-limit", "nan"], 2, "'nan' is not a finite number"),
        (["--videos", ".", "--time-limit", "inf"], 2, "--time-limit"),
        (["--videos", ".", "--time-limit", "1e300"], 2, "--time-limit"),
        (["--videos", ".", "--dask", "tcp://127.0.0.1:1", "--jobs", "2"], 2, "--jobs is for this machine"),
        (["--videos", "."], 1, "there is no warehouse in"),
    ],
)
def test_a_wrong_command_line_is_told_in_one_line(tmp_path, arguments, status, message):
    answer = run("extract", *arguments, "--warehouse", tmp_path / "none")
    assert answer.returncode == status
    assert message in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_folder_without_any_labelled_video_is_an_error(tmp_path):
    warehouse = write_warehouse(tmp_path, {"1": [0]})
    (tmp_path / "videos").mkdir()
    answer = run("extract", "--videos", tmp_path / "videos", "--frames", tmp_path / "f", "--warehouse", warehouse)
    assert answer.returncode == 1
    assert "none of the 1 labelled videos is in" in answer.stderr


def test_a_share_without_a_video_or_without_a_file_is_no_failure(tmp_path):
    warehouse = write_warehouse(tmp_path, {"1": [0]})
    (tmp_path / "videos").mkdir()
    arguments = ("--videos", tmp_path / "videos", "--frames", tmp_path / "f", "--warehouse", warehouse)
    share = shard_of("1", 1000)
    for number, missing in ((share, 1), (share % 1000 + 1, 0)):
        answer = run("extract", *arguments, "--shard", f"{number}/1000")
        assert (answer.returncode, "Traceback" in answer.stderr) == (0, False), answer.stderr
        assert f"no file  {missing:>8}" in answer.stdout


def odd_files(folder: Path) -> dict[str, str | None]:
    """Make broken and odd files; return the reason that each must be given, None for those that are sound."""
    made: dict[str, str | None] = {}

    def make(name: str, reason: str | None, content: bytes | None = None) -> Path:
        made[Path(name).stem] = reason
        path = folder / name
        if content is not None:
            path.write_bytes(content)
        return path

    folder.mkdir(parents=True)
    clip = write_clip(folder.parent / "vp9.webm", frames=20).read_bytes()
    mp4 = write_clip(folder.parent / "h264.mp4", "h264", size=(426, 240), frames=20).read_bytes()
    head = packets(folder.parent / "vp9.webm")[0][0]

    make("empty.webm", "not_a_video", b"")
    make("zeros.webm", "not_a_video", bytes(50_000))
    make("page.webm", "not_a_video", b"<!DOCTYPE html><title>404</title>")
    make("picture.webm", "not_a_video", b"\xff\xd8\xff\xe0" + clip)
    make("still.mp4", "not_a_video", b"\0\0\0\x1cftypavif" + mp4)
    make("pointer.webm", "not_a_video", b"version https://git-lfs.github.com/spec/v1\n")
    make("playlist.webm", "not_a_video", b"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\n../vp9.webm\n")
    make("concat.webm", "not_a_video", b"ffconcat version 1.0\nfile '../vp9.webm'\n")
    make("noise.webm", "not_a_video", random.Random(0).randbytes(5000))
    make("magic.webm", "undecodable", b"\x1a\x45\xdf\xa3" + random.Random(0).randbytes(5000))
    make("box.mp4", "undecodable", b"\0\0\0\x18ftypisom" + random.Random(0).randbytes(5000))
    make("riff.avi", "undecodable", b"RIFF\xff\xff\0\0AVI " + random.Random(0).randbytes(5000))
    make("head.webm", "undecodable", clip[:head])
    make("stub.webm", "undecodable", clip[:100])
    cut(make("tail.mp4", "undecodable", mp4), 0.6)  # its header is at the end
    write_sound(make("sound.webm", "undecodable"))
    write_clip(make("av1.webm", "undecodable"), "av1", size=(428, 240))
    lock(make("locked.webm", "undecodable", clip))
    encrypt_mp4(make("encrypted.mp4", "undecodable"))
    smash(make("smashed.webm", "undecodable", clip), range(20))
    os.mkfifo(make("pipe.webm", "unreadable"))
    make("folder.webm", "unreadable").mkdir()
    make("link.webm", "unreadable").symlink_to("nothing")
    make("circle.webm", "unreadable").symlink_to("circle.webm")
    make("twice.webm", "two_files", clip)
    make("twice.mp4", "two_files", mp4)
    smash(make("damaged.webm", "damaged", clip), [9], keep=2)
    smash(make("end.webm", "damaged", clip), [19])
    smash(make("damaged264.mp4", "damaged", mp4), [9])
    cut(make("cut.webm", "truncated", clip), 0.5)
    cut(write_clip(make("cutoff.avi", "truncated"), "mjpeg", frames=20), 0.5)
    write_resized(make("resized.webm", "size_change"), "vp9", [(427, 240), (320, 180)])
    turn(make("turned.mp4", "rotated", mp4))
    make("sound clip 'ü\" %05d.webm", None, clip)
    make("-dash.webm", None, clip)
    make("other.mov", None, clip)
    (folder / "nested").mkdir()
    make("nested/inside.webm", None, clip)
    make("linked.webm", None).symlink_to(folder.parent / "vp9.webm")
    write_clip(make("uneven.webm", None), times_ms=[0, 33, 133, 383, 424])
    write_clip(make("live.webm", None), "vp8", container_options={"live": "1"})
    write_clip(make("one.webm", None), frames=1)
    return made


def test_each_of_many_odd_files_gets_its_reason_and_none_stops_the_others(tmp_path):
    expected = odd_files(tmp_path / "videos")
    assert sum(reason is not None for reason in expected.values()) >= 25
    warehouse = write_warehouse(tmp_path, {video_id: [0] for video_id in expected})
    answer = run(
        *("extract", "--videos", tmp_path / "videos", "--frames", tmp_path / "frames"),
        *("--warehouse", warehouse, "--jobs", "2", "--time-limit", "60"),
    )
    assert answer.returncode == 1
    assert "Traceback" not in answer.stderr
    found = dict(ask(warehouse, "from extraction_problems select video_id, reason order by level desc"))
    assert {video_id: found.get(video_id) for video_id in expected} == expected
    failed = {row[0] for row in ask(warehouse, "from extraction_problems select video_id where level = 'error'")}
    decoded = {row[0] for row in ask(warehouse, "from videos select video_id where frame_count > 0")}
    assert failed | decoded == set(expected)
    assert not failed & decoded
    details = dict(ask(warehouse, "from extraction_problems select video_id, detail where level = 'error'"))
    assert "encrypted" in details["locked"]
    assert "encrypted" in details["encrypted"]
    assert "codec av1" in details["av1"]
    assert "not one picture" in details["head"]
    assert "it is cut off" in details["tail"]
    assert "it holds sound only" in details["sound"]
    assert str(tmp_path / "videos" / "twice.mp4") in details["twice"]
    assert str(tmp_path / "videos" / "twice.webm") in details["twice"]
    assert_whole(tmp_path / "frames")


def kill_when_busy(process: subprocess.Popen[Any], frames: Path, done: int, delay: float) -> None:
    """Kill an extraction with SIGKILL, some time after at least `done` videos are whole and it writes on."""
    while process.poll() is None and (len(list(frames.glob("[0-9]*"))) < done or not (frames / ".partial").exists()):
        time.sleep(0.002)
    time.sleep(delay)
    process.kill()
    process.wait()


def test_killed_at_random_moments_and_run_again_until_done_gives_the_same(tmp_path):
    ids = [str(number) for number in range(60)]
    warehouse = write_warehouse(tmp_path, {video_id: [0, 5] for video_id in ids})
    clips = [write_clip(tmp_path / f"{seed}.webm", "vp8", frames=60, seed=seed) for seed in range(6)]
    (tmp_path / "videos").mkdir()
    for video_id in ids:
        shutil.copy(clips[int(video_id) % 6], tmp_path / "videos" / f"{video_id}.webm")

    def arguments(frames: str) -> tuple[str | Path, ...]:
        return "extract", "--videos", tmp_path / "videos", "--frames", tmp_path / frames, "--warehouse", warehouse

    assert run(*arguments("straight")).returncode == 0
    index = (warehouse / "frame_index.parquet").read_bytes()
    dice = random.Random(20)
    frames = tmp_path / "frames"
    for start in (0, 2, 4, 6, 8):
        process = subprocess.Popen(
            command(*arguments("frames")), env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        kill_when_busy(process, frames, start, dice.uniform(0, 0.1))
        assert_whole(frames)
    done = len(list(frames.glob("[0-9]*")))
    assert 8 <= done < len(ids), "the kills fell into the work"
    answer = run(*arguments("frames"))
    assert answer.returncode == 0
    assert f"skipped  {done:>8}" in answer.stdout, "what was whole is not done again"
    assert tree(frames) == tree(tmp_path / "straight")
    assert not (frames / ".partial").exists()
    assert (warehouse / "frame_index.parquet").read_bytes() == index


def test_ctrl_c_stops_at_once_and_cleanly(tmp_path):
    ids = [str(number) for number in range(8)]
    warehouse = write_warehouse(tmp_path, {video_id: [0] for video_id in ids})
    clip = write_long_clip(tmp_path / "clip.webm")
    (tmp_path / "videos").mkdir()
    for video_id in ids:
        os.link(clip, tmp_path / "videos" / f"{video_id}.webm")
    frames = tmp_path / "frames"
    process = subprocess.Popen(
        command("extract", "--videos", tmp_path / "videos", "--frames", frames, "--warehouse", warehouse),
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_until_it_writes(process, frames)
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=300)
    assert (process.returncode, stdout, stderr.strip()) == (130, "", "interrupted")
    assert list(frames.iterdir()) == [], "it waited for no video, and left nothing"


def test_a_full_disk_is_a_clear_error_leaves_nothing_half_and_can_be_gone_on_from(tmp_path):
    warehouse = write_warehouse(tmp_path, {"1": [0], "2": [0], "3": [0]})
    write_clip(tmp_path / "videos" / "1.webm", "vp8", frames=2, size=(64, 48))
    for video_id in "23":
        write_clip(tmp_path / "videos" / f"{video_id}.webm", "vp8", frames=20)
    before = (warehouse / "manifest.json").read_text()
    frames = tmp_path / "frames"
    arguments = ("extract", "--videos", tmp_path / "videos", "--frames", frames, "--warehouse", warehouse)
    answer = subprocess.run(
        command(*arguments, "--jobs", "1"),
        env=environment(),
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (15_000, 15_000)),  # writes fail from there on
        check=False,
    )
    assert answer.returncode == 1
    error = answer.stderr.splitlines()[-1]
    assert error.startswith(f"error: frames cannot be written to {frames}: File too large.")
    assert "run the same command again" in error
    assert "Traceback" not in answer.stderr
    assert_whole(frames)
    assert [path.name for path in frames.iterdir()] == ["1"]
    assert (warehouse / "manifest.json").read_text() == before
    again = run(*arguments)
    assert again.returncode == 0
    assert "skipped         1" in again.stdout


def test_all_shards_together_give_what_one_machine_gives(tmp_path):
    ids = [str(number) for number in range(9)]
    warehouse = write_warehouse(tmp_path, {video_id: [0, 5] for video_id in ids})
    for video_id in ids:
        write_clip(tmp_path / "videos" / f"{video_id}.webm", "vp8", frames=6, seed=int(video_id))
    (tmp_path / "videos" / "3.webm").write_text("<html>")
    arguments = ("extract", "--videos", tmp_path / "videos", "--warehouse", warehouse)
    run(*arguments, "--frames", tmp_path / "one")
    one = {path.name: path.read_bytes() for path in warehouse.glob("*.parquet")}
    shards = [
        subprocess.Popen(
            command(*arguments, "--frames", tmp_path / "shards", "--shard", f"{shard}/3", "--jobs", "1"),
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for shard in (1, 2, 3)
    ]
    answers = [shard.communicate(timeout=300) for shard in shards]
    assert sorted(shard.returncode for shard in shards) == [0, 0, 1], answers
    assert all(f"contact-release build --frames {tmp_path / 'shards'}" in stderr for _, stderr in answers)
    assert tree(tmp_path / "shards") == tree(tmp_path / "one")
    built = run("build", tmp_path / "metadata", "--frames", tmp_path / "shards", "--warehouse", warehouse)
    assert built.returncode == 0, built.stderr
    assert {path.name: path.read_bytes() for path in warehouse.glob("*.parquet")} == one


def test_the_slurm_script_runs_every_shard(tmp_path, project):
    text = (project / "docs" / "extraction.md").read_text(encoding="utf-8")
    script = text.split("```bash\n#!", 1)[1].split("```", 1)[0]
    assert "--array=1-16" in script
    (tmp_path / "job.sh").write_text("#!" + script)
    stub = tmp_path / "bin" / "contact-release"
    stub.parent.mkdir()
    stub.write_text('#!/bin/sh\nprintf "%s\\n" "$*" >> calls\n')
    stub.chmod(0o755)
    for task in range(1, 17):
        subprocess.run(
            ["bash", str(tmp_path / "job.sh")],
            cwd=tmp_path,
            env={
                "PATH": f"{stub.parent}:{os.environ['PATH']}",
                "SLURM_ARRAY_TASK_ID": str(task),
                "SLURM_CPUS_PER_TASK": "4",
                "SLURM_SUBMIT_DIR": str(tmp_path),
            },
            check=True,
        )
    calls = (tmp_path / "calls").read_text().splitlines()
    assert [call.split("--shard ")[1].split()[0] for call in calls] == [f"{task}/16" for task in range(1, 17)]
    assert all(call.startswith("extract --videos ") and "--jobs 4" in call for call in calls)


def dask_process(*arguments: str | Path) -> subprocess.Popen[bytes]:
    """Start a part of a Dask cluster, in a process group of its own."""
    return subprocess.Popen(
        [command()[0], "-m", "dask", *map(str, arguments)],
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def test_a_dask_cluster_gives_what_one_machine_gives_though_a_worker_is_killed(tmp_path):
    ids = [str(number) for number in range(30)]
    warehouse = write_warehouse(tmp_path, {video_id: [0, 5] for video_id in ids})
    for video_id in ids:
        write_clip(tmp_path / "videos" / f"{video_id}.webm", "vp8", frames=60, seed=int(video_id))
    (tmp_path / "videos" / "3.webm").write_text("<html>")
    arguments = ("extract", "--videos", tmp_path / "videos", "--warehouse", warehouse)
    assert run(*arguments, "--frames", tmp_path / "one").returncode == 1
    one = (warehouse / "frame_index.parquet").read_bytes()
    contact = tmp_path / "scheduler.json"
    frames = tmp_path / "cluster"
    options = ("--scheduler-file", contact, "--nthreads", "1", "--no-dashboard", "--local-directory", tmp_path / "dask")
    both = "import sys; from distributed import Client; Client(scheduler_file=sys.argv[1]).wait_for_workers(2)"
    parts = [dask_process("scheduler", "--scheduler-file", contact, "--port", "0", "--no-dashboard")]
    try:
        parts.append(dask_process("worker", *options))
        parts.append(dask_process("worker", *options, "--no-nanny"))
        subprocess.run([command()[0], "-c", both, contact], env=environment(), check=True, timeout=300)
        address = json.loads(contact.read_text())["address"]
        extraction = subprocess.Popen(
            command(*arguments, "--frames", frames, "--dask", address),
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        while extraction.poll() is None and len(list((frames / ".partial").glob("*"))) < 2:
            time.sleep(0.002)  # until both workers are in the middle of a video
        parts[2].kill()
        parts[2].wait()
        stdout, stderr = extraction.communicate(timeout=300)
    finally:
        for part in parts:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(part.pid, signal.SIGKILL)
            part.wait()
    assert extraction.returncode == 1, stderr
    assert "failed          1" in stdout
    assert "Traceback" not in stderr
    assert tree(frames) == tree(tmp_path / "one")
    assert (warehouse / "frame_index.parquet").read_bytes() == one
    assert not (frames / ".partial").exists()


def test_a_scheduler_that_is_not_there_is_told(tmp_path, monkeypatch):
    from etl.errors import ContactReleaseError
    from etl.extraction.dask_cluster import run_on_dask

    monkeypatch.setattr("etl.extraction.dask_cluster._CONNECT_TIMEOUT_S", 0.2)
    with pytest.raises(ContactReleaseError, match=r"the Dask scheduler tcp://127.0.0.1:9 cannot be reached"):
        next(run_on_dask([], "tcp://127.0.0.1:9"))


def test_dask_is_asked_for_by_its_extra_when_it_is_missing(monkeypatch):
    import sys

    from etl.errors import MissingExtraError
    from etl.extraction.dask_cluster import run_on_dask

    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MissingExtraError, match=r"pip install '.\[cluster\]'"):
        next(run_on_dask([], "tcp://127.0.0.1:9"))

"""The command `extract` on many machines: shards, Slurm and Dask give what one machine gives."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time
from pathlib import Path

from clips import (
    write_clip,
)
from extracting import command, environment, run, tree, write_warehouse


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

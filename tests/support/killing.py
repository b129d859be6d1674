"""Run the command line in processes that are killed while they work: at a random step on the disk, or point in time."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

__all__ = ["PRINTED", "Cost", "cost_of", "ended", "forked", "kill_once", "warm_up"]

SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
STEPS = ("open", "os.mkdir", "os.link", "os.rename", "os.remove", "os.rmdir", "os.symlink", "os.chmod", "shutil.rmtree")
PRINTED = "printed"
LATE_S = 60.0


@dataclass(frozen=True)
class Cost:
    """What a run takes: `steps` on the disk, and `seconds` of the processor, its children's too."""

    steps: int
    seconds: float


def warm_up() -> None:
    """Import what the commands import, so that a kill meets work. No thread may have begun before a process forks."""
    import etl.corrections
    import etl.drawing.write
    import etl.evaluation.scoring
    import etl.export.write
    import etl.extraction.convert
    import etl.extraction.plan
    import etl.pages.render
    import etl.report.write
    import etl.review.suspects
    import etl.warehouse.open  # noqa: F401
    from etl.cli import command_line

    for name in command_line.commands:
        command_line.get_command(None, name)  # type: ignore[arg-type]


def forked(folder: Path, words: list[str], watch: Callable[[], None] = lambda: None) -> int:
    """Begin the command line in a process and group of its own; what it prints goes to a file in the folder.

    Until it begins Ctrl-C just ends that process, as it ends the program before its first line.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    process = os.fork()
    if not process:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    if process:
        with contextlib.suppress(OSError):  # it may have done so itself, and have ended
            os.setpgid(process, process)
        return process
    os.setpgid(0, 0)
    os.chdir(folder)
    printed = os.open(PRINTED, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(printed, 1)
    os.dup2(printed, 2)
    sys.argv = ["contact-release", *words]
    status = 70
    try:
        from etl.__main__ import main

        watch()
        main()
    except SystemExit as error:
        status = error.code if isinstance(error.code, int) else int(error.code is not None)
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        with contextlib.suppress(BaseException):
            import atexit

            atexit._run_exitfuncs()
            sys.stderr.flush()
        os._exit(status)


def ended(process: int) -> int:
    """Wait for a process; return its exit status, negative where a signal has killed it."""
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def cost_of(folder: Path, words: list[str]) -> Cost:
    """Run a command to its end and say what it took. Raises AssertionError where it fails."""
    path = folder / "steps"

    def watch() -> None:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)

        def hook(event: str, _: object) -> None:
            if event in STEPS:
                os.write(file, b".")

        sys.addaudithook(hook)

    before = os.times()
    status = ended(forked(folder, words, watch))
    after = os.times()
    assert status in (0, 1), (folder / PRINTED).read_text()
    seconds = after.children_user + after.children_system - before.children_user - before.children_system
    return Cost(path.stat().st_size, seconds)


def kill_once(folder: Path, words: list[str], cost: Cost, dice: random.Random) -> tuple[bool, list[str]]:
    """Run a command and kill it on its way; tell whether that was so, and what was wrong with how it ended.

    Half the kills are at a step on the disk, half when it has used a part of the processor's time that it needs, so
    that they meet its work however loaded the machine is. Half of those go to its children, too, as Ctrl-C does.
    """
    number, is_by_step = dice.choice(SIGNALS), dice.random() < 0.5
    step, seconds = dice.randrange(1, cost.steps + 1), dice.uniform(0.02, 0.95) * cost.seconds
    kill = os.killpg if dice.random() < 0.5 else os.kill
    process = forked(folder, words, at_step(step, number) if is_by_step else lambda: None)
    if not is_by_step:
        while used_by(process) < seconds and not is_over(process):
            time.sleep(0.001)
        kill(process, number)  # it is not waited for yet, so the number is still its own
    begin = time.monotonic()
    while not is_over(process) and time.monotonic() - begin < LATE_S:
        time.sleep(0.002)
    where = f"{number.name} at {f'step {step}' if is_by_step else f'{seconds:.3f} s'} of {words}"
    faults = []
    if not is_over(process):
        faults.append(f"{where}: still there after {LATE_S:.0f} s")
        os.killpg(process, signal.SIGKILL)
    status = ended(process)
    printed = (folder / PRINTED).read_text(errors="replace")
    if "Traceback" in printed:
        faults.append(f"{where}: {printed[-2000:]}")
    if status not in (0, 1, -number, 128 + number):
        faults.append(f"{where}: status {status}: {printed[-500:]}")
    return status in (-number, 128 + number), faults


def at_step(step: int, number: int) -> Callable[[], None]:
    """Return what lets the process that calls it get a signal at its so manyth step on the disk."""

    def watch() -> None:
        count = 0

        def hook(event: str, _: object) -> None:
            nonlocal count
            if event in STEPS:
                count += 1
                if count == step:
                    os.kill(os.getpid(), number)

        sys.addaudithook(hook)

    return watch


def used_by(process: int) -> float:
    """Return the processor's seconds that a process and its children have used, where they are still there."""
    seconds = 0.0
    try:
        children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:
        children = []
    for one in (process, *map(int, children)):
        with contextlib.suppress(OSError):
            seconds += time.clock_gettime((~one << 3) | 2)  # the clock of a process, as Linux numbers it
    return seconds


def is_over(process: int) -> bool:
    """Tell whether a child has ended, without taking its status."""
    return os.waitid(os.P_PID, process, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

"""Where the command `contact-release` begins, also as `python -m etl`."""

import os
import signal

__all__ = ["main"]

INTERRUPTED = 128 + signal.SIGINT


def main() -> None:
    """Run the command line. Ctrl-C ends the process at once before that begins and after it has ended."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        # Else Python would print a traceback there.
        signal.signal(signal.SIGINT, lambda number, frame: os._exit(INTERRUPTED))
    from etl.cli import main as command_line

    command_line()


if __name__ == "__main__":
    main()

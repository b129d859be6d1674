"""Where the command `contact-release` begins, also as `python -m etl`."""

import signal

__all__ = ["main"]


def main() -> None:
    """Run the command line. Ctrl-C ends the process at once before that begins and after it has ended."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # else Python would print a traceback there
    from etl.cli import main as command_line

    command_line()


if __name__ == "__main__":
    main()

"""What is said where the system gives no more memory, threads or files, whichever library meets that limit first."""

from __future__ import annotations

import errno

from etl.wording import NO_MEMORY

__all__ = ["told_of_limit"]

# What libraries in Rust raise where they cannot go on, for want of files, threads or memory. It is no Exception.
PANIC = "PanicException"
OUT_OF_MEMORY = ("MemoryError", "OutOfMemoryException")  # the engine's is not imported for its name
NO_THREADS = "the system starts no more threads or processes. Raise the limit that ulimit -u shows"
NO_FILES = "the system opens no more files. Raise the limit that ulimit -n shows"
SIGNS_OF_NO_THREADS = ("start new thread", "Resource temporarily unavailable")


def told_of_limit(error: BaseException) -> str | None:
    """Return what to say of an error that comes from a limit of the system; None if it does not."""
    kinds = {kind.__name__ for kind in type(error).__mro__}
    text = str(error)
    if kinds.intersection(OUT_OF_MEMORY):
        return NO_MEMORY
    if isinstance(error, RecursionError):
        return "a path, a condition or a value is nested too deeply"
    if isinstance(error, OSError) and error.errno in (errno.EMFILE, errno.ENFILE):
        return NO_FILES
    if any(sign in text for sign in SIGNS_OF_NO_THREADS):
        return NO_THREADS
    if isinstance(error, ImportError) and "shared object" in text:
        return f"a library cannot be loaded: {text.strip().splitlines()[-1]}. Give it more memory, or install it anew"
    if PANIC in kinds:
        return f"a library has failed: {' '.join(text.split())}"
    return None

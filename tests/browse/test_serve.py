"""Where the page listens: this machine only unless told otherwise, the next free port, and what is said of it."""

from __future__ import annotations

import socket
from contextlib import suppress
from pathlib import Path

import pytest

import etl
from etl.browse.serve import PORTS_TRIED, _listen
from etl.errors import OptionError, OutputError


def test_a_busy_port_is_named_and_the_next_one_taken():
    said: list[str] = []
    with _listen("127.0.0.1", 18_800, said.append) as first:
        port = first.getsockname()[1]
        said.clear()
        with _listen("127.0.0.1", port, said.append) as second:
            assert second.getsockname()[1] > port
    assert said[0] == f"port {port} is taken, trying {port + 1}"


def test_only_this_machine_can_reach_it_unless_told_otherwise_with_a_warning():
    said: list[str] = []
    with _listen("127.0.0.1", 18_820, said.append) as listening:
        assert listening.getsockname()[0] == "127.0.0.1"
    assert not any("warning" in line for line in said)
    with _listen("0.0.0.0", 18_820, said.append):
        pass
    [warning] = [line for line in said if "warning" in line]
    assert "can be reached from other machines" in warning


def test_ports_that_are_all_taken_and_no_address_of_this_machine_are_errors():
    taken = []
    for port in range(18_840, 18_840 + PORTS_TRIED):
        one = socket.socket()
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.append(one)
        with suppress(OSError):  # another has it
            one.bind(("127.0.0.1", port))
            one.listen()
    with pytest.raises(OptionError, match="are all taken"):
        _listen("127.0.0.1", 18_840, lambda line: None)
    for one in taken:
        one.close()
    with pytest.raises(OptionError, match="cannot listen on"):
        _listen("192.0.2.1", 18_840, lambda line: None)


@pytest.mark.parametrize("place", ["corrections.jsonl", ".builds/corrections.jsonl", "interactions.duckdb"])
def test_corrections_are_kept_outside_the_warehouse(tmp_path: Path, place: str):
    warehouse = tmp_path / "warehouse"
    etl.build(sample=True, warehouse=warehouse)
    with pytest.raises(OutputError, match="lies within the input"):
        etl.browse(warehouse, corrections=warehouse / place, opens=False, on_address=pytest.fail)

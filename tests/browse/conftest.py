"""A server of the page, asked without a network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from serving import HOST, ORIGIN, TOKEN, VIDEO
from starlette.testclient import TestClient

import etl
from etl.browse.app import Shelf, make_app
from etl.browse.corrected import Corrected
from etl.browse.guard import cookie_name
from etl.browse.library import Library
from etl.browse.pictures import Pictures
from etl.browse.queue import Queue
from etl.dataset.sample import sample_videos
from etl.dataset.sample.rendering import write_clips
from etl.warehouse.open import open_warehouse


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("browse")
    etl.build(sample=True, warehouse=folder / "warehouse")
    write_clips(folder / "videos")
    (folder / "some").mkdir()
    for video in (VIDEO, sample_videos()[0]):
        (folder / "some" / f"{video.video_id}.webm").symlink_to(folder / "videos" / f"{video.video_id}.webm")
    return folder


@pytest.fixture
def client(folder: Path, tmp_path: Path) -> Iterator[TestClient]:
    with open_warehouse(folder / "warehouse") as warehouse:
        shelf = Shelf(
            library=Library(warehouse),
            pictures=Pictures(warehouse, tmp_path / "frames", folder / "videos"),
            corrected=Corrected(warehouse, tmp_path / "corrections.jsonl"),
            queue=Queue(warehouse, None),
            predictions=[],
            warehouse="warehouse",
        )
        app = make_app(shelf, token=TOKEN, hosts=frozenset(["127.0.0.1", "localhost", "[::1]"]))
        yield TestClient(app, base_url=ORIGIN, cookies={cookie_name(HOST): TOKEN}, headers={"Origin": ORIGIN})
        shelf.library.close()
        shelf.pictures.close()

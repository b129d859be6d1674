"""Make the pictures of docs/exports.md: exports of the synthetic sample, opened in their programs.

    python docs/pictures/programs.py rerun PATH/TO/rerun
    python docs/pictures/programs.py label-studio PATH/TO/label-studio

Each program is in an environment of its own. Needs Chromium on the PATH (for Rerun xvfb and a Vulkan driver) and the
extras [rerun], [sample] and [test]. Only the part of a page is kept that shows the sample.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import FloatRect, Page
from shared import HERE, build_sample, opened_page

import etl

RECORDED, ANNOTATED = "900033", "900028"  # the videos that are shown in Rerun and in Label Studio
WIDTH = 1000
PORT = 8137
ADDRESS = f"http://127.0.0.1:{PORT}"
TOKEN = "0" * 40
EMAIL, PASSWORD = "me@example.org", "only-for-a-picture"


def main(name: str, program: str) -> None:
    """Export the sample and open the export in the program."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        build_sample(folder / "warehouse", folder / "videos", folder / "frames")
        etl.export(folder / "warehouse", name, folder / name, frames=folder / "frames")
        {"rerun": rerun, "label-studio": label_studio}[name](folder / name, program)


def rerun(export: Path, program: str) -> None:
    """Let the viewer save what it shows; the screen is larger than its window, so that no cursor lies over it."""
    picture = export / "rerun.png"
    command = [program, str(export / f"{RECORDED}.rrd"), "--port", str(PORT), "--window-size", "1300x800"]
    options = ["--renderer", "vulkan", "--screenshot-to", str(picture)]
    subprocess.run(["xvfb-run", "-a", "-s", "-screen 0 4000x3000x24", *command, *options], check=True, timeout=300)
    with Image.open(picture) as taken:
        save(taken, "rerun")


def label_studio(export: Path, program: str) -> None:
    """Make a project as the export's README says, by the server's interface, and open a task."""
    environment = {
        "LABEL_STUDIO_LOCAL_FILES_SERVING_ENABLED": "true",
        "LABEL_STUDIO_LOCAL_FILES_DOCUMENT_ROOT": str(export),
        "LABEL_STUDIO_BASE_DATA_DIR": str(export.parent / "server"),
        "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
        "LATEST_VERSION_CHECK": "false",
        "COLLECT_ANALYTICS": "false",
    }
    user = ["--username", EMAIL, "--password", PASSWORD, "--user-token", TOKEN]
    with served([program, "start", "--no-browser", "--port", str(PORT), *user], export, environment):
        project = post("projects", {"title": "sample", "label_config": (export / "labelling.xml").read_text()})["id"]
        storage = {"path": str(export / "images"), "use_blob_urls": True, "regex_filter": ".*"}
        post("storages/localfiles", storage | {"project": project})
        files = [path for path in export.glob("*.json") if path.name != "manifest.json"]
        tasks = [task for path in files for task in json.loads(path.read_bytes())]
        post(f"projects/{project}/import", [task for task in tasks if task["data"]["video_id"] == ANNOTATED])

        def show(page: Page) -> FloatRect:
            page.goto(f"{ADDRESS}/user/login")
            page.fill("input[name=email]", EMAIL)
            page.fill("input[name=password]", PASSWORD)
            page.keyboard.press("Enter")
            page.wait_for_timeout(4000)
            page.goto(f"{ADDRESS}/projects/{project}/data?task=1")
            page.wait_for_selector("canvas", timeout=60_000)
            page.wait_for_timeout(8000)
            return {"x": 240, "y": 90, "width": 1060, "height": 500}

        photograph("label-studio", show)


@contextmanager
def served(command: list[str], folder: Path, environment: dict[str, str]) -> Iterator[None]:
    """Run a server until its address answers, and end it afterwards."""
    log = (folder.parent / "server.log").open("wb")
    with log, subprocess.Popen(command, cwd=folder, env=os.environ | environment, stdout=log, stderr=log) as server:
        try:
            for _ in range(600):
                try:
                    urllib.request.urlopen(ADDRESS, timeout=5).close()
                    break
                except OSError:
                    time.sleep(1)
            yield
        finally:
            server.terminate()


def post(path: str, content: Any) -> Any:
    """Send JSON to Label Studio, and return what it answers."""
    headers = {"Authorization": f"Token {TOKEN}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{ADDRESS}/api/{path}", json.dumps(content).encode(), headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def photograph(name: str, show: Callable[[Page], FloatRect]) -> None:
    """Save the part of the page that `show` opens and names."""
    with opened_page(1300, 800) as page, tempfile.TemporaryDirectory() as folder:
        page.screenshot(path=Path(folder) / "page.png", clip=show(page))
        with Image.open(Path(folder) / "page.png") as taken:
            save(taken, name)


def save(picture: Image.Image, name: str) -> None:
    """Save a picture beside this script, no wider than the page it goes on."""
    size = (WIDTH, round(picture.height * WIDTH / picture.width))
    picture.convert("RGB").resize(size, Image.Resampling.LANCZOS).save(HERE / f"export-{name}.jpg", quality=80)


if __name__ == "__main__":
    main(*sys.argv[1:])

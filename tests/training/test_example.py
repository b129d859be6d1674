"""The example that trains a linear model does what it says, on the sample."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

import etl
from etl.dataset.sample.rendering import write_clips

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
MARGIN = 30  # percentage points


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse of the sample and the frames of all its videos: some seconds."""
    folder = tmp_path_factory.mktemp("example")
    etl.build(warehouse=folder / "warehouse", sample=True)
    write_clips(folder / "videos")
    etl.extract(folder / "videos", frames=folder / "frames", warehouse=folder / "warehouse")
    return folder


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_linear_model_trained_on_the_sample_is_far_above_the_template_prior(sample, seed):
    score, prior = load("train_linear").train(str(sample / "warehouse"), str(sample / "frames"), seed=seed)
    assert score > prior + MARGIN

"""The generated documentation is what its sources say now."""

from __future__ import annotations

import pytest
from documents import DOCUMENTS


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_generated_page_is_fresh(project, name):
    page = (project / name).read_text(encoding="utf-8")
    assert page == DOCUMENTS[name](), f"{name} is stale: make docs"

"""The generated documentation is what its sources say now."""

from __future__ import annotations

import re
import runpy

import pytest
from generate import DOCUMENTS


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_generated_page_is_fresh(project, name):
    page = (project / name).read_text(encoding="utf-8")
    assert page == DOCUMENTS[name](), f"{name} is stale: make docs"


def test_the_cookbook_answers_a_dozen_questions(project):
    recipes = (project / "docs" / "cookbook.md").read_text(encoding="utf-8").split("\n## ")[1:]
    assert len(recipes) >= 12
    assert all(recipe.count("```sql\n") == recipe.count("\n```\n\n| ") == 1 for recipe in recipes)


def test_the_site_has_every_picture_and_page_that_its_pages_lead_to(project):
    pages = runpy.run_path(str(project / "docs" / "site.py"))["pages"]()
    held = {page.resolve() for page in pages}
    led_to = {
        (page.parent / target).resolve()
        for page in pages
        if page.suffix == ".md"
        for target in re.findall(r"\]\(([^)#:\s]+\.(?:md|png|jpg))[#)]", page.read_text(encoding="utf-8"))
    }
    assert len(led_to) > 10
    assert sorted(path.name for path in led_to - held) == []

"""The views as a whole: headers, catalogue and columns agree, and every way to reach them answers."""

from __future__ import annotations

import math

import pytest
from given import SMALL_VIDEOS, ask, empty_database, given

from etl import views
from etl.views import FAMILIES, load_macros, load_views, sql_folder

VIEWS = load_views()
MACROS = load_macros()
FILES = [*VIEWS, *MACROS]


@pytest.fixture(scope="module")
def empty():
    return empty_database()


def _query(view):
    return view.example or f"from {view.name}"


@pytest.mark.parametrize("view", FILES, ids=lambda view: view.name)
def test_every_header_states_a_question_and_a_grain(view):
    assert view.question.endswith("?")
    assert view.grain.startswith("One row ")
    assert view.grain.endswith(".")
    assert all(meaning[-1] == "." for _, meaning in view.columns)


@pytest.mark.parametrize("view", FILES, ids=lambda view: view.name)
def test_documented_columns_are_the_actual_columns(empty, view):
    assert [name for name, _ in view.columns] == [name for name, *_ in ask(empty, f"describe {_query(view)}")]


@pytest.mark.parametrize("view", FILES, ids=lambda view: view.name)
def test_columns_have_types_that_every_data_frame_knows(empty, view):
    assert {kind for _, kind, *_ in ask(empty, f"describe {_query(view)}")} <= {
        "VARCHAR",
        "INTEGER",
        "BIGINT",
        "DOUBLE",
        "BOOLEAN",
    }


@pytest.mark.parametrize("view", FILES, ids=lambda view: view.name)
def test_every_view_answers_on_empty_tables(empty, view):
    ask(empty, _query(view))


@pytest.mark.parametrize("videos", ["", SMALL_VIDEOS], ids=["templates_alone", "videos_alone"])
def test_shares_of_nothing_are_null(videos):
    database = given(videos, "")
    database.execute("insert into templates values (9, 'without videos')")
    for view in FILES:
        numbers = [value for row in ask(database, _query(view)) for value in row if isinstance(value, float)]
        assert all(map(math.isfinite, numbers)), view.name


@pytest.mark.parametrize("path", sorted(sql_folder().glob("*/*.sql")), ids=lambda path: path.stem)
def test_a_file_fits_on_a_screen_or_two(path):
    assert 10 <= len(path.read_text(encoding="utf-8").splitlines()) <= 80


def test_the_catalogue_carries_every_description_and_nothing_else(empty):
    catalogued = ask(empty, "select view_name, comment from duckdb_views() where not internal")
    assert sorted(catalogued) == sorted((view.name, view.comment) for view in VIEWS)
    macros = ask(
        empty,
        "select function_name, comment from duckdb_functions() where function_type = 'table_macro' and not internal",
    )
    assert sorted(macros) == sorted((macro.name, macro.comment) for macro in MACROS)
    columns = ask(
        empty,
        "select table_name, column_name, comment from duckdb_columns() "
        "where not internal and table_name in (select view_name from duckdb_views() where not internal)",
    )
    assert sorted(columns) == sorted((view.name, *column) for view in VIEWS for column in view.columns)


def test_names_are_unique_and_every_folder_is_a_family():
    names = [view.name for view in FILES]
    assert len(names) == len(set(names))
    assert {path.parent.name for path in sql_folder().glob("*/*.sql")} <= {*FAMILIES, "macros", "checks", "evaluation"}
    assert not list(sql_folder().rglob("*.py"))


def test_views_are_created_after_the_views_they_read():
    first = views.View("b_reads_a", "overview", "", "", (), "select * from a")
    second = views.View("a", "overview", "", "", (), "select 1")
    assert views._in_dependency_order([first, second]) == [second, first]


def test_creating_twice_is_creating_once():
    database = empty_database()
    before = ask(database, "select view_name, sql, comment from duckdb_views() where not internal order by all")
    views.create_views(database)
    assert before == ask(database, "select view_name, sql, comment from duckdb_views() where not internal order by all")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("select 1\n", "found no header"),
        ("-- Why?\n--\n-- One row.\n-- a: this.\n-- that\nselect 1 as a\n", "found 'that' after the columns"),
    ],
    ids=["no_header", "prose_among_the_columns"],
)
def test_a_header_that_is_none_is_refused(text, message, tmp_path, monkeypatch):
    (tmp_path / "overview").mkdir()
    (tmp_path / "overview" / "wrong.sql").write_text(text)
    monkeypatch.setattr(views, "sql_folder", lambda: tmp_path)
    with pytest.raises(ValueError, match=message):
        views.read_sql_files("overview")


def test_the_header_is_read_in_its_parts(tmp_path, monkeypatch):
    (tmp_path / "checks").mkdir()
    (tmp_path / "checks" / "early.sql").write_text(
        "-- Which events\n-- are early?\n--\n-- One row per event.\n-- level: error\n-- video_id: the video.\n--\n"
        "-- Early is before\n-- frame 3.\nselect video_id\nfrom events;\n"
    )
    monkeypatch.setattr(views, "sql_folder", lambda: tmp_path)
    assert views.read_sql_files("checks") == [
        views.View(
            name="early",
            family="checks",
            question="Which events are early?",
            grain="One row per event.",
            columns=(("video_id", "the video."),),
            statement="select video_id\nfrom events",
            reading="Early is before frame 3.",
            level="error",
        )
    ]

"""The views as a whole: headers, catalogue and columns agree, and every way to reach them answers."""

from __future__ import annotations

import math

import pytest
from given import SMALL_VIDEOS, ask, empty_database, given

from etl import views
from etl.schema import NEAR_FRAMES, SQL_CONSTANTS
from etl.views import FAMILIES, load_macros, load_views, read_sql_files, sql_folder

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
    assert 7 <= len(path.read_text(encoding="utf-8").splitlines()) <= 110


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


def test_a_header_states_only_meanings_of_its_own():
    files = read_sql_files(*FAMILIES, "macros", "checks", "evaluation")
    by_name = {view.name: view for view in VIEWS}
    for view in files:
        taken_over = views._inherited(view, views._selected(view.statement), by_name.get)
        assert not [name for name, meaning in view.columns if name in view.own and meaning == taken_over.get(name)]


@pytest.fixture
def written(tmp_path, monkeypatch):
    """Write .sql files of the family `overview`, by name, and return the views that they are read as, by name."""

    def write(**texts):
        (tmp_path / "overview").mkdir()
        for name, text in texts.items():
            (tmp_path / "overview" / f"{name}.sql").write_text(text)
        monkeypatch.setattr(views, "sql_folder", lambda: tmp_path)
        return {view.name: view for view in read_sql_files("overview")}

    return write


def test_a_column_without_a_line_means_what_it_means_where_it_is_read_from(written):
    read = written(
        first="-- A?\n--\n-- One row.\n-- split: with unassigned.\nselect\n    split,\n    agent\nfrom splits\n",
        second="-- B?\n--\n-- One row.\n-- n: how many.\nselect split, agent, count(*) as n from first group by all\n",
        third="-- C?\n--\n-- One row.\nselect width from frame_index\n",
    )
    agent = "What touches what. One of: hand-object, object-surface, object-object."
    assert read["second"].columns == (("split", "With unassigned."), ("agent", agent), ("n", "How many."))
    assert read["third"].columns == (("width", "Width of this frame; null where it was not decoded. Unit: px."),)


def test_of_two_meanings_of_a_name_the_alias_tells_which_is_meant(written):
    header = "-- A?\n--\n-- One row.\n"
    read = written(
        first=f"{header}-- agent: of both.\nselect agent from events\n",
        second=f"{header}select other.agent from first\ninner join events as other using (agent)\n",
        third=f"{header}select first.agent from events\ninner join first using (agent)\n",
    )
    assert read["second"].columns == (
        ("agent", "What touches what. One of: hand-object, object-surface, object-object."),
    )
    assert read["third"].columns == (("agent", "Of both."),)


def test_a_line_for_each_agent_stands_for_one_line_for_each(written):
    text = (
        "-- A?\n--\n-- One row.\n-- hand_object_n: events of hand-object.  -- for each agent\nselect\n"
        "    sum(agent = 'hand-object') as hand_object_n  -- for each agent\nfrom events\n"
    )
    view = written(first=text)["first"]
    assert view.columns == (
        ("hand_object_n", "Events of hand-object."),
        ("object_surface_n", "Events of object-surface."),
        ("object_object_n", "Events of object-object."),
    )
    database = empty_database()
    assert [name for name, *_ in ask(database, f"describe {view.statement}")] == [name for name, _ in view.columns]


def test_sql_asks_the_constants_of_the_schema_by_name(empty):
    for name, value in SQL_CONSTANTS.items():
        expected = list(value) if isinstance(value, tuple) else value
        assert ask(empty, f"select {name}()") == [(expected,)]
    statements = "".join(view.statement for view in read_sql_files(*FAMILIES, "macros", "checks"))
    assert all(f"{name}()" in statements for name in SQL_CONSTANTS)


def test_who_reads_a_header_reads_the_number_of_a_constant(written):
    header = (
        "-- Which are near?\n--\n-- One row per pair, at most near_frames() frames apart.\n-- n: unassigned() or not.\n"
    )
    view = written(first=f"{header}select split as n from splits where frame < near_frames()\n")["first"]
    assert view.columns == (("n", "Unassigned or not."),)
    assert view.grain == f"One row per pair, at most {NEAR_FRAMES} frames apart."
    assert view.statement.endswith("frame < near_frames()")


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
        (
            "-- Why?\n--\n-- One row.\n-- b: this.\nselect 1 as a\n",
            "a meaning for b, expected one of the columns: a",
        ),
        ("-- Why?\n--\n-- One row.\nselect 1 as a\n", "found no meaning for a, expected a line '-- a: …'"),
    ],
    ids=["no_header", "prose_among_the_columns", "no_such_column", "no_meaning"],
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
            columns=(("video_id", "The video."),),
            own=("video_id",),
            statement="select video_id\nfrom events",
            reading="Early is before frame 3.",
            level="error",
        )
    ]

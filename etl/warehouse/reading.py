"""What a query may be: one statement that reads, and calls nothing that writes, runs text or reveals the machine."""

from __future__ import annotations

import duckdb

from etl.errors import QueryError

__all__ = ["one_statement"]

EXAMPLE = "An example: select * from video_overview limit 5"
# `pivot` arrives as MULTI. The engine's locked configuration decides which files may be read.
READING = {duckdb.StatementType.SELECT, duckdb.StatementType.MULTI}
WRITING = {
    *("checkpoint", "force_checkpoint", "enable_checkpoint_on_shutdown", "disable_checkpoint_on_shutdown"),
    *("copy_database", "import_database", "enable_logging", "disable_logging", "write_log", "truncate_duckdb_logs"),
}
RUNNING_TEXT = {
    *("query", "query_table", "json_execute_serialized_sql", "create_external_resource", "destroy_external_resource"),
    *("register_external_resource", "deregister_external_resource", "register_external_resource_type"),
}
TELLING_OF_THE_MACHINE = {
    *("current_setting", "duckdb_settings", "pg_settings", "duckdb_secrets", "which_secret", "duckdb_extensions"),
    *("duckdb_temporary_files", "duckdb_databases", "database_list", "pragma_database_list", "duckdb_logs"),
    *("duckdb_log_contexts", "duckdb_logs_parsed", "getenv", "duckdb_extension_repositories"),
    *("duckdb_external_resources", "duckdb_external_file_cache", "duckdb_profiling_settings"),
}
REFUSED = WRITING | RUNNING_TEXT | TELLING_OF_THE_MACHINE
# Also without parentheses, and as a string: from 'pg_settings'.
VIEWS = {"pg_settings", "duckdb_logs", "duckdb_settings", "duckdb_databases", "pragma_database_list"}

Word = tuple[int, str]


def one_statement(engine: duckdb.DuckDBPyConnection, sql: str) -> duckdb.Statement:
    """Return the one statement of a text. Raises QueryError if there is not exactly one, or it does more than read."""
    statements = engine.extract_statements(sql)
    if len(statements) != 1:
        raise QueryError(f"found {len(statements)} statements, expected one query. {EXAMPLE}")
    words = _words(sql)
    kind = _kind(statements[0])
    if kind == duckdb.StatementType.EXPLAIN:
        # `explain analyze` runs what it explains.
        one_statement(engine, sql.encode()[_explained(words) :].decode())
    elif kind not in READING:
        name = f"of type {kind.name}" if kind else "that does more"
        raise QueryError(f"found a statement {name}, but a query only reads. {EXAMPLE}")
    for (_, word), (_, following) in zip(words, [*words[1:], (0, "")], strict=True):
        if (word in REFUSED and following == "(") or word in VIEWS:
            raise QueryError(f"found {word}, but a query only reads the warehouse. {EXAMPLE}")
    return statements[0]


def _words(sql: str) -> list[Word]:
    """Return the words and signs of a text with their positions in bytes, in lower case and without quotes."""
    text = sql.encode()
    tokens = [token for token in duckdb.tokenize(sql) if token[1] != duckdb.token_type.comment]
    ends = [start for start, _ in duckdb.tokenize(sql)] + [len(text)]
    words = []
    for start, _ in tokens:
        end = next(end for end in ends[ends.index(start) :] if end > start)
        words.append((start, text[start:end].decode(errors="replace").strip().strip("\"'").lower()))
    return words


def _explained(words: list[Word]) -> int:
    """Return where the statement begins that another one explains."""
    rest = words[1:]
    if rest and rest[0][1] in ("analyze", "verbose"):
        rest = rest[1:]
    elif len(rest) > 1 and rest[0][1] == "(" and rest[1][1] in ("analyze", "format", "verbose"):
        rest = rest[next(position for position, (_, word) in enumerate(rest) if word == ")") + 1 :]
    return rest[0][0] if rest else 0


def _kind(statement: duckdb.Statement) -> duckdb.StatementType | None:
    """Return a statement's type; None for one that the engine's Python side cannot name."""
    try:
        return statement.type
    except ValueError:
        return None

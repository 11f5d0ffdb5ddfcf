"""A read-only SQLAlchemy dialect by which Great Expectations reads DuckDB.

Published DuckDB dialects give Great Expectations empty results: it fetches rows after it has given
the connection back, and DuckDB has dropped them by then, so a comparison of two queries even
succeeds on tables that differ. Here rows are read at once. Only SELECT and reflection are covered.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb
from sqlalchemy import pool, types
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.base import PGCompiler, PGDialect
from sqlalchemy.engine import URL, Connection
from sqlalchemy.exc import NoSuchTableError

SCHEME = "heartbeat_duckdb"

registry.register(SCHEME, __name__, "DuckDbDialect")

_TYPES: dict[str, type[types.TypeEngine[Any]]] = {
    "BIGINT": types.BIGINT,
    "BLOB": types.BLOB,
    "BOOLEAN": types.BOOLEAN,
    "DATE": types.DATE,
    "DOUBLE": types.DOUBLE,
    "FLOAT": types.FLOAT,
    "INTEGER": types.INTEGER,
    "SMALLINT": types.SMALLINT,
    "TIME": types.TIME,
    "TIMESTAMP": types.TIMESTAMP,
    "VARCHAR": types.VARCHAR,
}


class _Cursor:
    """A DB-API cursor whose rows outlive the statement and the connection."""

    arraysize = 1
    rowcount = -1

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._rows: list[tuple[Any, ...]] = []
        self.description: list[Any] | None = None

    def execute(self, statement: str, parameters: Sequence[Any] | None = None) -> None:
        result = self._connection.execute(statement, list(parameters or ()))
        self.description = result.description
        self._rows = result.fetchall() if self.description else []

    def fetchone(self) -> tuple[Any, ...] | None:
        return self._rows.pop(0) if self._rows else None

    def fetchmany(self, size: int | None = None) -> list[tuple[Any, ...]]:
        taken = self._rows[: size or 1]
        self._rows = self._rows[size or 1 :]
        return taken

    def fetchall(self) -> list[tuple[Any, ...]]:
        taken, self._rows = self._rows, []
        return taken

    def close(self) -> None:
        self._rows = []


class _Connection:
    """A DB-API connection; commit and rollback have nothing to do on a read-only file."""

    def __init__(self, path: str) -> None:
        self._connection = duckdb.connect(path, read_only=True)

    def cursor(self) -> _Cursor:
        return _Cursor(self._connection)

    def commit(self) -> None:
        return None

    def rollback(self) -> None:
        return None

    def close(self) -> None:
        self._connection.close()


class _DbApi:
    """The names that SQLAlchemy looks for in a DB-API module."""

    paramstyle = "qmark"
    apilevel = "2.0"
    threadsafety = 1
    Warning = duckdb.Warning
    Error = duckdb.Error
    InterfaceError = duckdb.Error
    DatabaseError = duckdb.DatabaseError
    DataError = duckdb.DataError
    IntegrityError = duckdb.IntegrityError
    InternalError = duckdb.InternalError
    NotSupportedError = duckdb.NotSupportedError
    OperationalError = duckdb.OperationalError
    ProgrammingError = duckdb.ProgrammingError


class _Compiler(PGCompiler):
    def visit_custom_op_binary(self, element: Any, operator: Any, **kw: Any) -> str:
        # In Postgres ~ finds a match anywhere; in DuckDB it asks for a match of the whole value.
        if operator.opstring in ("~", "!~"):
            left = self.process(element.left, **kw)
            right = self.process(element.right, **kw)
            negation = "not " if operator.opstring == "!~" else ""
            return f"{negation}regexp_matches({left}, {right})"
        return str(super().visit_custom_op_binary(element, operator, **kw))  # type: ignore[no-untyped-call]


class DuckDbDialect(PGDialect):
    """Calls itself Postgres, so that Great Expectations writes the SQL that DuckDB understands."""

    name = "postgresql"
    driver = SCHEME
    default_paramstyle = "qmark"
    supports_statement_cache = True
    statement_compiler = _Compiler

    @classmethod
    def import_dbapi(cls) -> Any:
        return _DbApi

    @classmethod
    def get_pool_class(cls, url: URL) -> type[pool.Pool]:
        # A pooled handle would keep the file closed to the next writer.
        return pool.NullPool

    def create_connect_args(self, url: URL) -> Any:
        return [url.database], {}

    def connect(self, *cargs: Any, **cparams: Any) -> Any:
        return _Connection(*cargs, **cparams)

    def on_connect(self) -> None:
        return None

    def initialize(self, connection: Connection) -> None:
        self.default_schema_name = "main"
        self.server_version_info = (15, 0)

    def do_ping(self, dbapi_connection: Any) -> bool:
        return True

    def get_isolation_level(self, dbapi_connection: Any) -> Any:
        return "AUTOCOMMIT"

    def get_schema_names(self, connection: Connection, **kw: Any) -> list[str]:
        return _names(connection, "select distinct schema_name from duckdb_schemas()")

    def get_table_names(
        self, connection: Connection, schema: str | None = None, **kw: Any
    ) -> list[str]:
        query = "select table_name from duckdb_tables() where schema_name = ?"
        return _names(connection, query, schema or "main")

    def get_view_names(
        self, connection: Connection, schema: str | None = None, **kw: Any
    ) -> list[str]:
        query = "select view_name from duckdb_views() where schema_name = ?"
        return _names(connection, query, schema or "main")

    def has_table(
        self, connection: Connection, table_name: str, schema: str | None = None, **kw: Any
    ) -> bool:
        return bool(_columns(connection, schema, table_name))

    def get_columns(
        self, connection: Connection, table_name: str, schema: str | None = None, **kw: Any
    ) -> Any:
        columns = _columns(connection, schema, table_name)
        if not columns:
            raise NoSuchTableError(table_name)
        return [
            {"name": name, "type": _type(kind), "nullable": nullable, "default": None}
            for name, kind, nullable in columns
        ]

    def get_pk_constraint(
        self, connection: Connection, table_name: str, schema: str | None = None, **kw: Any
    ) -> Any:
        return {"constrained_columns": [], "name": None}

    def get_foreign_keys(
        self, connection: Connection, table_name: str, schema: str | None = None, **kw: Any
    ) -> Any:
        return []

    def get_indexes(
        self, connection: Connection, table_name: str, schema: str | None = None, **kw: Any
    ) -> Any:
        return []

    def get_unique_constraints(
        self, connection: Connection, table_name: str, schema: str | None = None, **kw: Any
    ) -> Any:
        return []

    def get_check_constraints(
        self, connection: Connection, table_name: str, schema: str | None = None, **kw: Any
    ) -> Any:
        return []

    def get_table_comment(
        self, connection: Connection, table_name: str, schema: str | None = None, **kw: Any
    ) -> Any:
        return {"text": None}


def _names(connection: Connection, query: str, *parameters: str) -> list[str]:
    return [row[0] for row in connection.exec_driver_sql(query, parameters).fetchall()]


def _columns(connection: Connection, schema: str | None, table: str) -> list[tuple[str, str, bool]]:
    query = (
        "select column_name, data_type, is_nullable from duckdb_columns()"
        " where schema_name = ? and table_name = ? order by column_index"
    )
    rows = connection.exec_driver_sql(query, (schema or "main", table)).fetchall()
    return [(row[0], row[1], row[2]) for row in rows]


def _type(name: str) -> types.TypeEngine[Any]:
    if name.startswith("DECIMAL("):
        precision, scale = name[len("DECIMAL(") : -1].split(",")
        return types.DECIMAL(int(precision), int(scale))
    if name == "TIMESTAMP WITH TIME ZONE":
        return types.TIMESTAMP(timezone=True)
    return _TYPES.get(name, types.NullType)()

"""SOQL text to a syntax tree: the part of the language that connectors use.

Everything else of the language (child queries, TYPEOF, USING SCOPE, HAVING, date functions and
relative dates such as TODAY) is refused as Salesforce refuses what it does not understand.
"""

from __future__ import annotations

from sandbox.salesforce.errors import QueryError, unexpected
from sandbox.salesforce.syntax import (
    Comparison,
    Condition,
    FieldsOf,
    Literal,
    Logic,
    Order,
    Path,
    Query,
    Selected,
)
from sandbox.salesforce.tokens import Token, tokenize

AGGREGATES = frozenset({"COUNT", "COUNT_DISTINCT", "SUM", "AVG", "MIN", "MAX"})
_CLAUSES = frozenset({"WHERE", "GROUP", "ORDER", "LIMIT", "OFFSET"})
_REFUSED = frozenset({"USING", "WITH", "HAVING", "FOR", "UPDATE", "ALL"})
_OPERATORS = frozenset({"=", "!=", "<>", "<", "<=", ">", ">="})
_LONGEST = 100_000
_DEEPEST = 100  # parentheses within parentheses
_LARGEST_COUNT = 2**31 - 1


def parse(text: str) -> Query:
    """The tree of a query, or the vendor's refusal of it."""
    if len(text) > _LONGEST:
        raise QueryError(
            "MALFORMED_QUERY", "SOQL statements cannot be longer than 100000 characters."
        )
    try:
        text.encode()
    except UnicodeEncodeError as error:  # half a character, from an escape in a JSON body
        raise QueryError("MALFORMED_QUERY", "the query is not valid Unicode text") from error
    return _Parser(text).query()


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = tokenize(text)
        self._next = 0
        self._depth = 0

    def query(self) -> Query:
        self._keyword("SELECT")
        select = self._select()
        self._keyword("FROM")
        entity = self._name()
        alias = self._object_alias()
        where = self._where() if self._take("WHERE") else None
        group_by: tuple[Path, ...] = ()
        if self._take("GROUP"):
            self._keyword("BY")
            group_by = self._paths()
        order_by: list[Order] = []
        if self._take("ORDER"):
            self._keyword("BY")
            order_by.append(self._order())
            while self._symbol(","):
                order_by.append(self._order())
        limit = self._count() if self._take("LIMIT") else None
        offset = self._count() if self._take("OFFSET") else 0
        if self._peek().kind != "end":
            raise self._unexpected()
        return Query(
            text=self._text,
            select=select,
            object=entity.text,
            object_position=entity.position,
            alias=alias,
            where=where,
            group_by=group_by,
            order_by=tuple(order_by),
            limit=limit,
            offset=offset,
        )

    def _select(self) -> tuple[Selected | FieldsOf, ...]:
        select: list[Selected | FieldsOf] = [self._selected()]
        while self._symbol(","):
            select.append(self._selected())
        counts_all = [one for one in select if isinstance(one, Selected) and one.path is None]
        if counts_all and len(select) > 1:
            raise unexpected(",", query=self._text, position=counts_all[0].position)
        return tuple(select)

    def _selected(self) -> Selected | FieldsOf:
        token = self._name()
        if not self._symbol("("):
            alias = None
            if self._peek().kind == "word" and self._peek().text.upper() != "FROM":
                alias = self._advance().text  # only a grouped field may have one; checked later
            return Selected(_path(token), None, alias, token.position)
        function = token.text.upper()
        if function == "FIELDS":
            group = self._name()
            self._closing()
            if group.text.upper() not in {"ALL", "STANDARD", "CUSTOM"}:
                raise unexpected(group.text, query=self._text, position=group.position)
            return FieldsOf(group.text.upper(), token.position)
        return self._function(token, function)

    def _function(self, token: Token, function: str) -> Selected:
        """An aggregate; the opening parenthesis is behind us."""
        if function not in AGGREGATES:
            raise unexpected("(", query=self._text, position=token.position + len(token.text))
        path = None
        if self._peek().text == ")" and function == "COUNT":
            self._advance()
        else:
            path = _path(self._name())
            self._closing()
        alias = None
        word = self._peek()
        if word.kind == "word" and word.text.upper() not in {"FROM", "ASC", "DESC", "NULLS"}:
            alias = word.text if not self._at_clause() else None
            if alias is not None:
                self._advance()
        return Selected(path, function, alias, token.position)

    def _object_alias(self) -> str | None:
        token = self._peek()
        if token.kind == "word" and not self._at_clause() and "." not in token.text:
            return self._advance().text
        return None

    def _at_clause(self) -> bool:
        """Whether a clause begins here. Clauses that we refuse count, so that they are named."""
        return self._peek().text.upper() in _CLAUSES | _REFUSED

    def _where(self) -> Condition:
        first = self._negatable()
        operator = self._peek().text.upper()
        if operator not in {"AND", "OR"}:
            return first
        parts = [first]
        while self._take(operator):
            parts.append(self._negatable())
        if self._peek().text.upper() in {"AND", "OR"}:
            raise self._unexpected()  # SOQL has no precedence: mixing the two needs parentheses
        return Logic(operator, tuple(parts))

    def _negatable(self) -> Condition:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise QueryError("QUERY_TOO_COMPLICATED", "The filter conditions are nested too deep.")
        condition = self._bare_condition()
        self._depth -= 1
        return condition

    def _bare_condition(self) -> Condition:
        if self._take("NOT"):
            return Logic("NOT", (self._negatable(),))
        if self._symbol("("):
            inner = self._where()
            self._closing()
            return inner
        return self._comparison()

    def _comparison(self) -> Comparison:
        token = self._name()
        path = _path(token)
        operator = self._advance()
        word = operator.text.upper()
        if operator.kind == "symbol" and operator.text in _OPERATORS:
            sign = "!=" if operator.text == "<>" else operator.text
            return Comparison(path, sign, (self._literal(),), token.position)
        if word == "LIKE":
            return Comparison(path, "LIKE", (self._literal(),), token.position)
        if word == "NOT":
            self._keyword("IN")
            word = "NOT IN"
        if word not in {"IN", "NOT IN"}:
            raise unexpected(operator.text, query=self._text, position=operator.position)
        if not self._symbol("("):
            raise self._unexpected()
        values = [self._literal()]
        while self._symbol(","):
            values.append(self._literal())
        self._closing()
        return Comparison(path, word, tuple(values), token.position)

    def _literal(self) -> Literal:
        token = self._advance()
        if token.kind in {"string", "number", "date", "datetime"}:
            text = token.text[1:-1] if token.kind == "string" else token.text
            return Literal(token.kind, text, token.position)
        word = token.text.lower()
        if word in {"true", "false"}:
            return Literal("boolean", word, token.position)
        if word == "null":
            return Literal("null", word, token.position)
        raise unexpected(token.text, query=self._text, position=token.position)

    def _order(self) -> Order:
        token = self._name()
        if self._symbol("("):
            item = self._function(token, token.text.upper())
        else:
            item = Selected(_path(token), None, None, token.position)
        descending = self._take("DESC")
        if not descending:
            self._take("ASC")
        nulls_last = False
        if self._take("NULLS"):
            nulls_last = self._take("LAST")
            if not nulls_last:
                self._keyword("FIRST")
        return Order(item, descending, nulls_last)

    def _paths(self) -> tuple[Path, ...]:
        paths = [_path(self._name())]
        if self._peek().text == "(":
            raise self._unexpected()  # ROLLUP, CUBE and date functions
        while self._symbol(","):
            paths.append(_path(self._name()))
        return tuple(paths)

    def _count(self) -> int:
        token = self._advance()
        if token.kind != "number" or not token.text.isdigit():
            raise unexpected(token.text, query=self._text, position=token.position)
        if int(token.text) > _LARGEST_COUNT:
            raise QueryError("NUMBER_OUTSIDE_VALID_RANGE", f"{token.text} is too large")
        return int(token.text)

    def _name(self) -> Token:
        token = self._advance()
        if token.kind != "word":
            raise unexpected(token.text, query=self._text, position=token.position)
        return token

    def _closing(self) -> None:
        if not self._symbol(")"):
            raise self._unexpected()

    def _keyword(self, word: str) -> None:
        if not self._take(word):
            raise self._unexpected()

    def _take(self, word: str) -> bool:
        token = self._peek()
        if token.kind == "word" and token.text.upper() == word:
            self._next += 1
            return True
        return False

    def _symbol(self, text: str) -> bool:
        if self._peek().kind == "symbol" and self._peek().text == text:
            self._next += 1
            return True
        return False

    def _peek(self) -> Token:
        return self._tokens[self._next]

    def _advance(self) -> Token:
        token = self._tokens[self._next]
        if token.kind != "end":
            self._next += 1
        return token

    def _unexpected(self) -> QueryError:
        token = self._peek()
        return unexpected(token.text, query=self._text, position=token.position)


def _path(token: Token) -> Path:
    return Path(tuple(token.text.split(".")), token.position)

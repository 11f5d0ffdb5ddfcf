"""SOQL text to tokens."""

from __future__ import annotations

import re
from typing import NamedTuple

from sandbox.salesforce.errors import QueryError, unexpected

_END = "<EOF>"

_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<string>'(?:[^'\\]|\\.)*')
    |(?P<datetime>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d))
    |(?P<date>\d{4}-\d\d-\d\d(?![\dT]))
    |(?P<number>[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w-]))
    |(?P<word>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)
    |(?P<symbol><>|!=|<=|>=|[=<>(),])""",
    re.VERBOSE | re.DOTALL,
)


class Token(NamedTuple):
    kind: str
    text: str
    position: int


def tokenize(text: str) -> list[Token]:
    """The tokens of a query, the last of which says that it is over."""
    tokens = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            if text[position] == "'":
                message = f"line 1:{len(text)} mismatched character '{_END}' expecting '''"
                raise QueryError("MALFORMED_QUERY", message)
            raise unexpected(text[position], query=text, position=position)
        kind = match.lastgroup or ""
        if kind != "space":
            tokens.append(Token(kind, match.group(), position))
        position = match.end()
    tokens.append(Token("end", _END, len(text)))
    return tokens

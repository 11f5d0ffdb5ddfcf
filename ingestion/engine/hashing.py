"""One value, one hash: keyed, the same in every entity and source, so that joins still work.

HMAC-SHA256 in hex. Before, e-mail addresses are trimmed and put in lower case, telephone numbers
reduced to their digits, other text trimmed; addresses in a list are hashed one by one.

An e-mail keeps its domain, `<hash>@acme.example`: colleagues and test accounts are told apart by
it, and the company that it names is on the record anyway. Who wants it gone drops the field.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import Any

_EMAIL = re.compile(r"[^@\s;,]+@[^@\s;,]+\.[^@\s;,]+")
_PHONE = re.compile(r"\+?\(?\d[\d\s().\-/]{5,}(?:\s*(?:x|ext\.?)\s*\d+)?", re.IGNORECASE)
_DIGITS = 7  # fewer are no telephone number
_DECIMAL = re.compile(r"-?\d+\.\d+")


def hashed(value: Any, key: bytes) -> Any:
    """The hash of a text; of each text in a list or an object. Nothing stays nothing."""
    if isinstance(value, dict):
        return {name: hashed(item, key) for name, item in value.items()}
    if isinstance(value, list):
        return [hashed(item, key) for item in value]
    # A yes or no hides nobody, and a table has it as text.
    if not isinstance(value, str) or value.strip().lower() in ("", "true", "false"):
        return value
    text = value.strip()
    addresses = [part.strip().lower() for part in re.split("[;,]", text)]
    if all(_EMAIL.fullmatch(part) for part in addresses):
        return ";".join(f"{_digest(part, key)}@{part.partition('@')[2]}" for part in addresses)
    if _DECIMAL.fullmatch(text):
        text = text.rstrip("0").rstrip(".")  # 5 is 5.0 in another format
    elif _is_phone(text):
        text = re.sub(r"\D", "", text)
    return _digest(text, key)


def is_contact(value: Any) -> bool:
    """Whether a text holds an e-mail address or is a telephone number."""
    return isinstance(value, str) and bool(_EMAIL.search(value) or _is_phone(value.strip()))


def _is_phone(text: str) -> bool:
    return bool(_PHONE.fullmatch(text)) and sum(map(str.isdigit, text)) >= _DIGITS


def _digest(text: str, key: bytes) -> str:
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()

"""A running portal as a test sees it."""

from __future__ import annotations

import requests

from sandbox.connection import HUBSPOT_ACCESS_TOKEN
from sandbox.context import Context


class Served:
    """A running portal. `ask` sends one request with the private app's token."""

    def __init__(self, url: str, context: Context) -> None:
        self.url = url
        self.context = context
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {HUBSPOT_ACCESS_TOKEN}"

    def ask(self, method: str, path: str, **options: object) -> requests.Response:
        return self.session.request(method, self.url + path, timeout=10, **options)  # type: ignore[arg-type]

    def get(self, path: str, **parameters: object) -> requests.Response:
        return self.ask("GET", path, params=parameters)

    def post(self, path: str, body: object) -> requests.Response:
        return self.ask("POST", path, json=body)

    def fault(self, **rule: object) -> None:
        assert self.post("/_control/faults", rule).status_code == 200

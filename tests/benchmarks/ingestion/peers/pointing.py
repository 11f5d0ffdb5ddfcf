"""Runs in a peer's environment: carries what `requests` sends to a vendor's host to another one.

For connectors that have their host written into them. Nothing else of theirs is touched.
"""

from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter


def point(hosts: tuple[str, ...], url: str) -> None:
    base = urlsplit(url)

    class Carried(HTTPAdapter):
        def send(self, request, *arguments, **named):  # type: ignore[no-untyped-def]
            asked = urlsplit(request.url)
            request.url = asked._replace(scheme=base.scheme, netloc=base.netloc).geturl()
            response = super().send(request, *arguments, **named)
            # As vendors spell it: Airbyte's framework stumbles over what our server sends.
            if "content-type" in response.headers:
                response.headers["Content-Type"] = response.headers.pop("content-type")
            return response

    made = requests.Session.__init__

    def make(self, *arguments, **named):  # type: ignore[no-untyped-def]
        made(self, *arguments, **named)
        self.mount(url, Carried())
        for host in hosts:
            self.mount(f"https://{host}", Carried())

    requests.Session.__init__ = make  # type: ignore[method-assign]

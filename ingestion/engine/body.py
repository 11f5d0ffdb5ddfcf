"""The body of an answer: unpacked, and as the vendor had packed it.

What came as one whole gzip member lands as it is: packing it again would cost more than fetching it.
"""

from __future__ import annotations

import gzip
import zlib

import requests
import urllib3

GZIP = 31  # zlib's word for a gzip member
LONGEST_GUESS = 64 * 1024 * 1024


class Body(bytes):
    """An unpacked body that remembers its gzip member. Whatever is made of it does not."""

    packed: bytes


def read_whole(response: requests.Response) -> bytes:
    """The whole body of a streamed answer; requests.RequestException when it is not to be had."""
    is_packed = response.headers.get("Content-Encoding", "").strip().lower() in ("gzip", "x-gzip")
    try:
        content: bytes = response.raw.read(decode_content=not is_packed)
        response.raw.release_conn()
        return unpacked(content) if is_packed and content else content
    except zlib.error as error:
        raise requests.exceptions.ContentDecodingError(error) from error
    except urllib3.exceptions.ReadTimeoutError as error:
        raise requests.exceptions.ConnectionError(error) from error
    except urllib3.exceptions.DecodeError as error:
        raise requests.exceptions.ContentDecodingError(error) from error
    except urllib3.exceptions.SSLError as error:
        raise requests.exceptions.SSLError(error) from error
    except urllib3.exceptions.HTTPError as error:
        raise requests.exceptions.ChunkedEncodingError(error) from error


def unpacked(content: bytes) -> bytes:
    """The text of a gzip body; zlib.error when it is broken or has been cut."""
    size = int.from_bytes(content[-4:], "little")  # modulo 4 GB, and of the last member
    text = zlib.decompress(content, GZIP, min(size, LONGEST_GUESS) + 1)
    if len(text) & 0xFFFFFFFF == size:
        body = Body(text)
        body.packed = content
        return body
    try:
        return gzip.decompress(content)  # several members
    except (OSError, EOFError):
        return text  # and something behind it that is none

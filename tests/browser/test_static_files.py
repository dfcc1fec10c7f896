"""What a page loads beside itself: each file named by what is in it, small on the wire, and kept for ever."""

import gzip
import re
import urllib.request
from hashlib import md5

import brotli
import pytest

from tests.server import Server

READ = {"br": brotli.decompress, "gzip": gzip.decompress}


def ask(address: str, encoding: str) -> tuple[bytes, dict[str, str]]:
    request = urllib.request.Request(address, headers={"Accept-Encoding": encoding})
    with urllib.request.urlopen(request) as answer:
        return answer.read(), dict(answer.headers)


@pytest.mark.parametrize("page", ["/review/", "/review/1/?n=0", "/", "/demos/"])
def test_files_are_hashed_compressed_and_kept_for_ever(server: Server, page: str) -> None:
    html = ask(server.url + page, "identity")[0].decode()
    files = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', html))
    assert len(files) >= 6
    for file in files:
        plain, headers = ask(server.url + file, "identity")
        named = re.search(r"\.([0-9a-f]{12})\.\w+$", file)
        assert named, file
        assert md5(plain, usedforsecurity=False).hexdigest().startswith(named[1]), file
        assert "immutable" in headers["cache-control"], file
        assert int(re.search(r"max-age=(\d+)", headers["cache-control"])[1]) >= 31_536_000, file
        for encoding, read in READ.items() if file.endswith((".css", ".js")) else ():
            packed, headers = ask(server.url + file, encoding)
            assert headers["content-encoding"] == encoding, file
            assert "accept-encoding" in headers["vary"].lower(), file
            assert "immutable" in headers["cache-control"], file
            assert read(packed) == plain, file
            assert len(packed) < len(plain), file

"""The worker in which a card's Python console runs, under a policy of its own."""

import hashlib
import json
import re
from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from chapter5 import pyodide
from chapter5.static import PYODIDE_URL

HERE = Path(settings.BASE_DIR) / "static" / "console"
NAMEABLE = re.compile(r"[a-zA-Z0-9.-]+(?::\d+)?")  # in a policy: a host, but no address in brackets


@require_safe
def console_worker(request: HttpRequest) -> HttpResponseBase:
    """The worker's script. Its own policy lets it compile WebAssembly, and load Pyodide's files and nothing else."""
    text, etag = _worker()
    response: HttpResponseBase
    if request.headers.get("If-None-Match") == etag:
        response = HttpResponseNotModified()
    else:
        response = HttpResponse(text, content_type="text/javascript; charset=utf-8")
    host = request.get_host()
    files = f"{host}{PYODIDE_URL}" if NAMEABLE.fullmatch(host) else "'self'"
    response["Content-Security-Policy"] = (
        f"default-src 'none'; script-src {files} 'wasm-unsafe-eval'; connect-src {files}"
    )
    response["ETag"] = etag
    response["Cache-Control"] = "no-cache"  # asked for anew each time, and sent when it changed
    return response


@cache
def _worker() -> tuple[str, str]:
    """The script, with what it has to know above it; and its tag."""
    known = {
        "base": PYODIDE_URL,
        "bytes": pyodide.LOADED,
        "wheel": pyodide.WHEEL,
        "repl": (HERE / "repl.py").read_text(),
    }
    text = f"const SETTINGS = {json.dumps(known)};\n{(HERE / 'worker.js').read_text()}"
    return text, f'"{hashlib.sha256(text.encode()).hexdigest()[:20]}"'

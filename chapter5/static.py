"""Static files: WhiteNoise's, and those of Pyodide, which may come while the site is up."""

from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile

from chapter5 import pyodide

PYODIDE_URL = f"{settings.STATIC_URL}pyodide/{pyodide.VERSION}/"
TYPES = {
    ".mjs": "text/javascript; charset=utf-8",
    ".wasm": "application/wasm",
    ".json": "application/json",
    ".zip": "application/zip",
    ".whl": "application/zip",
}
FOR_EVER = "public, max-age=31536000, immutable"  # a version's file never changes


class StaticFilesMiddleware(WhiteNoiseMiddleware):  # type: ignore[misc]  # it has no types
    """WhiteNoise looks which files there are when it starts; Pyodide's are looked for when they are asked for."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        name = request.path_info.removeprefix(PYODIDE_URL)
        if name in pyodide.LOADED and (path := settings.PYODIDE_DIR / name).is_file():
            response: HttpResponseBase = self.serve(_static_file(path), request)
            return response
        answer: HttpResponseBase = super().__call__(request)
        return answer


@cache
def _static_file(path: Path) -> StaticFile:
    """The file, compressed for whoever takes that."""
    headers = [("Content-Type", TYPES[path.suffix]), ("Cache-Control", FOR_EVER)]
    found = {"br": f"{path}.br", "gzip": f"{path}.gz"}
    return StaticFile(
        str(path), headers, {name: each for name, each in found.items() if Path(each).is_file()}
    )

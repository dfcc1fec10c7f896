# Three images: `web` (no torch), `worker` (torch and fastai), `proxy` (Caddy). docker-compose.yml names which it builds.

# --- what web and worker share: the libraries of the web, and a user that is not root ---
FROM python:3.11-slim-bookworm AS libraries
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app
RUN groupadd --gid 10001 chapter5 \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /tmp chapter5 \
 && install -d -o 10001 -g 10001 /data /data/run /data/photos
COPY pyproject.toml constraints.txt README.md ./
RUN pip install -c constraints.txt setuptools wheel \
 && pip install --no-build-isolation -c constraints.txt .

# --- what the Python console of a card runs in a learner's browser; node, which fetches it, stays behind ---
FROM libraries AS pyodide
ENV PYODIDE_DIR=/pyodide
COPY chapter5/__init__.py chapter5/pyodide.py chapter5/
RUN python -m chapter5.pyodide

FROM libraries AS web
ENV PYODIDE_DIR=/pyodide
COPY --from=pyodide /pyodide /pyodide
COPY . .
RUN python -m compileall -q cards chapter5
USER 10001:10001

# --- the same pins bring either torch ---
# pip's usual index has the build for CUDA, several GB. PyTorch keeps an index of CPU builds, about 0.2 GB to load; whoever
# computes on the CPU names it in TORCH_INDEX. Both count as the version that constraints.txt pins, so what is installed
# first satisfies all that follows.
FROM libraries AS worker
ARG TORCH_INDEX=
RUN pip install --no-deps ${TORCH_INDEX:+--index-url "$TORCH_INDEX"} -c constraints.txt torch torchvision \
 && pip install --no-build-isolation -c constraints.txt '.[worker]'
COPY . .
RUN python -m compileall -q cards chapter5
USER 10001:10001

# --- Caddy, not as root: its certificates lie in /state, which is its own ---
FROM caddy:2.10-alpine AS proxy
RUN install -d -o 10001 -g 10001 /state
ENV XDG_DATA_HOME=/state XDG_CONFIG_HOME=/state
COPY chapter5/Caddyfile /etc/caddy/Caddyfile
USER 10001:10001

# The Python environment that every role of ours shares: locked, hashed, the same as on a laptop.
FROM debian:bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates python3 python3-venv \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --create-home --home-dir /var/lib/ioc --uid 10001 ioc
WORKDIR /opt/ioc
COPY requirements.lock ./
RUN python3 -m venv /opt/uv && /opt/uv/bin/pip install --quiet --no-cache-dir uv \
 && /opt/uv/bin/uv venv --quiet --python python3 .venv \
 && /opt/uv/bin/uv pip sync --quiet --no-cache --require-hashes --compile-bytecode --python .venv/bin/python requirements.lock
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY ioc ioc
COPY schemas schemas
COPY streams streams
COPY jobs jobs
COPY screens screens
RUN /opt/uv/bin/uv pip install --quiet --no-cache --no-deps --python .venv/bin/python .
ENV PATH=/opt/ioc/.venv/bin:$PATH IOC_HOME=/var/lib/ioc TZ=UTC
WORKDIR /var/lib/ioc
USER ioc

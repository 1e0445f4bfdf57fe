# Two stages: the first installs from the hashed lock, the second carries only what runs.
FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 UV_LINK_MODE=copy
WORKDIR /app
COPY requirements/uv.txt requirements/base.txt requirements/
RUN python -m venv /venv \
    && python -m pip install --require-hashes -r requirements/uv.txt \
    && uv pip install --python /venv/bin/python --require-hashes --compile-bytecode -r requirements/base.txt
COPY manage.py ./
COPY meetmind meetmind
COPY webapi webapi
COPY scheduler scheduler
COPY ai_engine ai_engine
COPY notifications notifications
COPY interviews interviews
COPY templates templates
COPY static static
RUN DATA_DIR=/tmp/build /venv/bin/python manage.py collectstatic --noinput -v0 \
    && /venv/bin/python -m compileall -q meetmind webapi scheduler ai_engine notifications interviews

FROM python:3.11-slim-bookworm
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DATA_DIR=/data
RUN groupadd --system --gid 10001 meetmind && useradd --system --uid 10001 --gid 10001 --create-home meetmind \
    && install -d -o meetmind -g meetmind /data
WORKDIR /app
COPY --from=build /venv /venv
COPY --from=build /app /app
USER 10001:10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
# By default everything in one process on SQLite; docker-compose.yml runs the parts apart.
CMD ["python", "manage.py", "serve", "--host", "0.0.0.0"]

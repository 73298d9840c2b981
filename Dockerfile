# One image, four commands: web, worker, beat, watcher (see docker-compose.yml).
FROM python:3.11-slim-bookworm AS build
COPY requirements.txt /
RUN python -m venv /opt/venv && \
    /opt/venv/bin/pip install --no-cache-dir --no-deps --require-hashes --only-binary :all: --no-binary dkimpy -r /requirements.txt

FROM python:3.11-slim-bookworm
RUN apt-get update && \
    apt-get install -y --no-install-recommends libmagic1 libarchive13 && \
    rm -rf /var/lib/apt/lists/* && \
    useradd --system --uid 10001 --home-dir /app mailmonitor && \
    install -d -o mailmonitor -m 0700 /var/lib/mailmonitor
COPY --from=build /opt/venv /opt/venv
COPY manage.py /app/
COPY mailmonitor /app/mailmonitor
COPY submissions /app/submissions
COPY notifications /app/notifications
COPY templates /app/templates
COPY locale /app/locale
COPY docs/operations.md /app/docs/
COPY static /app/static
WORKDIR /app
ARG COMMIT=
ENV COMMIT=$COMMIT
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 VAR_DIR=/var/lib/mailmonitor
RUN SECRET_KEY=only-to-collect-the-static-files-of-the-image FIELD_KEYS=none VAR_DIR=/app/var \
    python manage.py collectstatic --noinput --skip-checks
ENV STATIC_ROOT=/app/var/static
USER mailmonitor
EXPOSE 8000
VOLUME /var/lib/mailmonitor
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
CMD ["gunicorn", "mailmonitor.wsgi", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "4", "--access-logfile", "-"]

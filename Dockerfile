# One image for the web server, the worker and the scheduler; what it runs is the command.
FROM python:3.11-slim-bookworm

RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 postgresql-client \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /portal portal

WORKDIR /portal
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    PATH=/opt/venv/bin:$PATH \
    PORTAL_ENV_FILE= PORTAL_VAR_DIR=/var/portal STATIC_ROOT=/portal/staticfiles \
    XDG_CACHE_HOME=/tmp/cache PROMETHEUS_MULTIPROC_DIR=/tmp/metrics

COPY requirements.lock ./
RUN python -m venv /opt/venv && pip install --no-cache-dir --require-hashes -r requirements.lock

COPY manage.py ./
COPY reform reform
COPY municipalities municipalities
COPY networks networks
COPY reporting reporting
COPY grants grants
COPY templates templates
COPY static static
COPY locale locale
# The key is for this step only; it collects files and signs nothing.
RUN python -m reform.messages \
    && SECRET_KEY=only-while-building PORTAL_VAR_DIR=/tmp/build python manage.py collectstatic --noinput --verbosity 0 \
    && rm -rf /tmp/build \
    && install -d -o portal /var/portal

USER portal
VOLUME /var/portal
EXPOSE 8000
CMD ["gunicorn", "reform.wsgi", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "4", "--no-control-socket"]

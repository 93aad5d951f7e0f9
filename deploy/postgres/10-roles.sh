#!/bin/sh
# Run once by the postgres image when its folder is empty: the roles, and their passwords from the environment.
set -eu
psql --set ON_ERROR_STOP=1 --no-psqlrc --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
    --file /etc/portal/roles.sql
psql --set ON_ERROR_STOP=1 --no-psqlrc --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
    --set owner="$PORTAL_OWNER_PASSWORD" --set app="$PORTAL_APP_PASSWORD" --set reader="$PORTAL_READER_PASSWORD" <<'SQL'
ALTER ROLE portal_owner LOGIN PASSWORD :'owner';
ALTER ROLE portal_app LOGIN PASSWORD :'app';
ALTER ROLE portal_reader LOGIN PASSWORD :'reader';
SQL

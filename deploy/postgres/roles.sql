-- Three roles with least rights, made once in a new, empty database by its superuser. Run again, it changes nothing.
--
--   portal_owner   owns the tables and runs the migrations; nothing that serves people logs in as it
--   portal_app     web, workers and scheduler: reads and writes rows, makes, changes and drops no table
--   portal_reader  backup and reporting: reads, and nothing else
--
-- They get their passwords, and with them the right to log in, from 10-roles.sh. After each migration
-- `manage.py trail_grants --role portal_app --apply` takes from portal_app what it may not do with the trail.

DO $$
DECLARE
    name text;
BEGIN
    -- Two that make them at once (tests side by side): one waits for the other.
    PERFORM pg_advisory_xact_lock(20190101);
    FOREACH name IN ARRAY ARRAY['portal_owner', 'portal_app', 'portal_reader'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION', name);
        END IF;
    END LOOP;
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO portal_owner, portal_app, portal_reader', current_database());
END
$$;

ALTER SCHEMA public OWNER TO portal_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO portal_app, portal_reader;

-- What the migrations make from now on.
ALTER DEFAULT PRIVILEGES FOR ROLE portal_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO portal_app;
ALTER DEFAULT PRIVILEGES FOR ROLE portal_owner IN SCHEMA public
    GRANT USAGE, SELECT ON SEQUENCES TO portal_app;
ALTER DEFAULT PRIVILEGES FOR ROLE portal_owner IN SCHEMA public
    GRANT SELECT ON TABLES TO portal_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE portal_owner IN SCHEMA public
    GRANT SELECT ON SEQUENCES TO portal_reader;

#!/usr/bin/env python
"""Django's command line. Without a SECRET_KEY in the environment it runs as a local trial."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reform.settings")
    if not os.environ.get("SECRET_KEY"):
        # The web server and the workers never take this way: they refuse to start without a key.
        os.environ.setdefault("PORTAL_INSECURE_HTTP", "1")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()

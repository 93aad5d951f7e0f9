"""Write ``docs/access-matrix.md`` anew from the tests' access matrix; ``--check`` only says whether it would change."""

from __future__ import annotations

import os
import sys

import django


def main() -> int:
    """Returns 1 with ``--check`` when the page is out of date."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()
    from django.conf import settings
    from django.test.utils import setup_databases, setup_test_environment, teardown_databases

    from tests.access.matrix_page import DAY, PAGE, lines_of_all, page

    settings.PORTAL_CLOCK = f"{DAY}T09:00"
    setup_test_environment()
    kept = setup_databases(verbosity=0, interactive=False)
    try:
        lines = list(lines_of_all())
    finally:
        teardown_databases(kept, verbosity=0)
    if "--check" in sys.argv:
        same = PAGE.exists() and PAGE.read_text(encoding="utf-8") == page(lines)
        print(f"{PAGE.name} is {'up to date' if same else 'out of date: run bin/matrix'}")
        return int(not same)
    PAGE.write_text(page(lines), encoding="utf-8")
    print(f"{PAGE.name}: {len(lines)} lines")
    return 0


if __name__ == "__main__":
    sys.exit(main())

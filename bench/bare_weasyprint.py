"""One run of WeasyPrint over all pages of a delivery: the note's and the volumes', in one document and one process.

``python -m bench.bare_weasyprint SUMMARY LANGUAGE`` prints seconds, pages and MiB as one line of JSON. What is
measured is WeasyPrint alone: reading the HTML, laying it out, and writing a tagged PDF/A as the portal's own are.
"""

from __future__ import annotations

import json
import re
import resource
import sys
import time

BODY = re.compile(r"<body[^>]*>(.*)</body>", re.DOTALL)
TARGETS = re.compile(r'\b(id="|href="#|data-t="#)')


def main(summary: int, language: str) -> None:
    import django

    django.setup()
    import weasyprint

    from reporting.documents import render_pdf_piece
    from reporting.documents.content import from_json
    from reporting.documents.render_html_paper import Paper
    from reporting.models import SummaryContent

    rows = SummaryContent.objects.filter(summary=summary, language=language).order_by("office__order", "pk")
    rows = sorted(rows, key=lambda row: row.office_id is not None)
    parts = [
        _part(number, Paper(from_json(row.canonical), row.content_hash).whole()) for number, row in enumerate(rows)
    ]
    html = f'<!DOCTYPE html><html lang="{language}"><head><title>All</title></head><body>{"".join(parts)}</body></html>'
    fetcher, fonts = render_pdf_piece.BundledOnly(), render_pdf_piece.bundled_fonts()
    start, used = time.perf_counter(), time.process_time()
    page = weasyprint.HTML(string=html, url_fetcher=fetcher)
    styles = [
        weasyprint.CSS(string=path.read_text("utf-8"), font_config=fonts, url_fetcher=fetcher)
        for path in render_pdf_piece.STYLES
    ]
    document = page.render(stylesheets=styles, font_config=fonts)
    document.write_pdf(pdf_variant="pdf/a-3a", pdf_tags=True)
    found = {
        "seconds": time.perf_counter() - start,
        "processor": time.process_time() - used,
        "pages": len(document.pages),
        "mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps(found))


def _part(number: int, html: str) -> str:
    """The body of one document, its ids told apart from those of the others."""
    body = TARGETS.sub(lambda found: f"{found[1]}d{number}-", BODY.search(html)[1])  # type: ignore[index]
    return f'<div class="{"volume" if number else "note"}" style="break-before: page">{body}</div>'


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])

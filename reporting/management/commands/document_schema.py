"""Prints the JSON Schema of a document: what stands in docs/document-schema.json."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand

from reporting.documents.json_schema import schema


class Command(BaseCommand):
    help = "Print the JSON Schema of a document, for docs/document-schema.json."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(json.dumps(schema(), ensure_ascii=False, indent=1))

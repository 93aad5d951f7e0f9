"""Take the pictures of ``docs/screenshots`` anew from a demo that is being served (``bin/demo``).

Each picture is a page as one of the demo's people sees it: at 1280 on a wide screen, at 390 on a phone, in bokmål or
nynorsk. Run it after a page has changed, look at the pictures, and commit those that are right.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "screenshots"
WIDE, PHONE = 1280, 390


@dataclass(frozen=True)
class Picture:
    """``path`` is an address, or ``A > B`` (see ``find``). ``height`` is in CSS pixels; the picture ends there."""

    name: str
    who: str
    path: str
    width: int = WIDE
    height: int = 1300
    language: str = "nb"


def both(name: str, who: str, path: str, height: int = 1300) -> Iterable[Picture]:
    """The page on a wide screen in bokmål, and on a phone in nynorsk."""
    yield Picture(name, who, path, WIDE, height)
    yield Picture(f"{name}-phone-nn", who, path, PHONE, 1500, "nn")


MUNICIPALITY, OFFICE, HDIR, ADMIN = "kommune-3004", "statsforvalter-oslo-og-viken", "hdir", "hdir-admin"
PICTURES: tuple[Picture, ...] = (
    *both("home", MUNICIPALITY, "/kommune/"),
    *both("form", MUNICIPALITY, "/kommune/ > /rapport/{}/skjema/plan/"),
    *both("work-list", OFFICE, "/arbeidsliste/"),
    *both("municipalities", HDIR, "/kommuner/?dato=1.5.2022", 1700),
    *both("municipality", OFFICE, "/kommune/3004/", 1900),
    *both("region", OFFICE, "/region/oslo-og-viken/", 1500),
    *both("networks", OFFICE, "/nettverk/"),
    *both("support", OFFICE, "/stotte/"),
    *both("risk", OFFICE, "/risiko/"),
    *both("contacts", MUNICIPALITY, "/kommune/kontakter/"),
    *both("composer", ADMIN, "/runder/ > /runde/{}/sporsmal/plan.anchoring/", 1700),
    *both("status", HDIR, "/status/", 1700),
    Picture("status-municipality-phone-nn", MUNICIPALITY, "/status/", PHONE, 1500, "nn"),
    Picture("regional-report", OFFICE, "/region/oslo-og-viken/rapport/2022-05-01/", WIDE, 1700),
    Picture("rounds", ADMIN, "/runder/"),
    Picture("burden", HDIR, "/belastning/"),
    Picture("notices", HDIR, "/varsler/"),
    Picture("support-entry", OFFICE, "/stotte/ny/"),
    *both("national-status", HDIR, "/nasjonal-status/", 1500),
    *both("summary", HDIR, "/oppsummeringer/ > /oppsummering/{}/", 1700),
    *both("summary-compose", HDIR, "/oppsummeringer/ > /oppsummering/sett-sammen/notat/{}/", 1500),
    *both("explore", HDIR, "/utforsk/", 1600),
    Picture("compare", HDIR, "/sammenlign/", WIDE, 1500),
    *both("priority-list", HDIR, "/tilskudd/2022/prioritet/", 2200),
    *both("grants", HDIR, "/tilskudd/2022/", 1500),
    Picture("allocation", HDIR, "/tilskudd/fordeling/2022/", WIDE, 1700),
    Picture("priority-what-if", HDIR, "/tilskudd/2022/prioritet/hva-om/?prov=1&kriterium=network"),
    *both("results", MUNICIPALITY, "/kommune/ > /rapport/{}/resultat/", 1500),
)


def log_in(browser: Browser, url: str, who: str, password: str, width: int, language: str) -> Page:
    """A page of its own session in which ``who`` is logged in and reads ``language``."""
    context = browser.new_context(base_url=url, viewport={"width": width, "height": 900}, locale=f"{language}-NO")
    page = context.new_page()
    page.goto("/konto/login/")
    page.fill("input[name=login]", who)
    page.fill("input[name=password]", password)
    page.click("main button[type=submit]")
    page.wait_for_selector("main h1")
    if page.url.rstrip("/").endswith("/konto/login"):
        sys.exit(f"{who} could not log in. Give the password that bin/demo printed with --password.")
    return page


def read_in(page: Page, language: str) -> None:
    """Let the page be in ``language``. The choice is the person's, so another session of hers may have changed it."""
    if page.evaluate("document.documentElement.lang")[:2] != language:
        page.locator(f"footer button[value={language}]").click()
        page.wait_for_selector(f"html[lang^={language}]")


def find(page: Page, path: str) -> str:
    """The address of a picture. ``A > B`` takes the number for B's ``{}`` from the first link on page A to such an
    address, else to one that begins as B does and goes on with a number."""
    if " > " not in path:
        return path
    start, pattern = path.split(" > ")
    page.goto(start)
    beginning = pattern.partition("{}")[0]
    links = page.locator(f"main a[href^='{beginning}']").evaluate_all("links => links.map(a => a.getAttribute('href'))")
    whole = re.escape(pattern).replace(r"\{\}", r"(\d+)")
    numbers = [re.match(words, link) for words in (whole, rf"{beginning}(\d+)/") for link in links]
    number = next(filter(None, numbers), None)
    if number is None:
        sys.exit(f"{start} links to nothing under {beginning}.")
    return pattern.format(number.group(1))


def take(browser: Browser, url: str, password: str, pictures: Iterable[Picture]) -> None:
    """Take the pictures; one log-in for each person, width and language."""
    pages: dict[tuple[str, int, str], Page] = {}
    for picture in pictures:
        key = (picture.who, picture.width, picture.language)
        if key not in pages:
            pages[key] = log_in(browser, url, picture.who, password, picture.width, picture.language)
        page = pages[key]
        answer = page.goto(find(page, picture.path))
        if answer is None or not answer.ok:
            sys.exit(f"{picture.path} answered {answer and answer.status}.")
        read_in(page, picture.language)
        page.wait_for_load_state("networkidle")
        page.set_viewport_size({"width": picture.width, "height": picture.height})
        page.screenshot(path=FOLDER / f"{picture.name}.png")
        page.set_viewport_size({"width": picture.width, "height": 900})
        print(f"docs/screenshots/{picture.name}.png")


def main(arguments: list[str]) -> int:
    """Take all pictures, or those that are named."""
    parser = argparse.ArgumentParser(prog="bin/screenshots", description="Take the pictures of the docs anew.")
    parser.add_argument("names", nargs="*", help="only these pictures (default: all)")
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="where the demo is served")
    parser.add_argument("--password", required=True, help="the demo's password, as bin/demo prints it")
    options = parser.parse_args(arguments)
    unknown = set(options.names) - {picture.name for picture in PICTURES}
    if unknown:
        sys.exit(f"There is no picture called {', '.join(sorted(unknown))}.")
    chosen = [picture for picture in PICTURES if not options.names or picture.name in options.names]
    names = ("chromium", "chromium-browser", "google-chrome", "chromium-headless-shell")
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        sys.exit("No Chromium here. On Debian: sudo apt-get install -y chromium")
    with sync_playwright() as playwright:
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=path, args=["--disable-gpu", *sandbox])
        take(browser, options.url, options.password, chosen)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

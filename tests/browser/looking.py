"""How a page is looked at: by axe with no rule switched off, in light and dark, and for scrolling sideways."""

import os
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from django.utils.text import slugify

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]


def look_at(page, path: str, size: str) -> list[tuple[str, ...]]:
    """What is wrong with the page that stands open, each with the path; and a picture, if they are asked for."""
    found: list[tuple[str, ...]] = []
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        found.append((path, "scrolls sideways"))
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # nothing half faded
        results = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}}).response
        found += [(path, scheme, one["id"], one["nodes"][0]["html"]) for one in results["violations"]]
        keep_picture(page, f"{slugify(path.replace('/', ' ')) or 'start'}-{size}-{scheme}.png")
    page.context.close()  # as many open pages would all go on working
    return found


def keep_picture(page, name: str) -> None:
    """`make screenshots` asks for a picture of every page as axe saw it."""
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=Path(folder) / name, full_page=True)

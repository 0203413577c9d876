"""Real Chromium, headless, on the real site. Without one these tests are not run, visibly; or fail, if required."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, sync_playwright

from tests.not_run import not_run

QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
QUIET += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
SIZES = {"desktop": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}

# What Chromium notes of a form that was refused, of a failure or a cut line that a test wants, and of the icon that
# Django's own administration does not name.
MEANT = ("status of 422", "status of 503", "ERR_INTERNET_DISCONNECTED", "favicon.ico")


@pytest.fixture(scope="module")  # its event loop must not run under the tests of other files
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        not_run("browser tests need Chromium on the PATH")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()


@dataclass
class Trouble:
    """What a page must not do: break its policy, raise, open a dialog, ask another host for anything."""

    seen: list[str] = field(default_factory=list)
    meant: list[str] = field(default_factory=lambda: list(MEANT))

    def watch(self, page: Page, origin: str) -> None:
        page.on(
            "console",
            lambda message: self.note(
                "console", f"{message.text} {message.location}", self.is_trouble(message)
            ),
        )
        page.on("pageerror", lambda error: self.note("error", str(error), True))
        page.on("dialog", lambda dialog: (self.note("dialog", dialog.message, True), dialog.dismiss()))
        page.on(
            "request", lambda request: self.note("outside", request.url, not request.url.startswith(origin))
        )

    def note(self, kind: str, text: str, matters: bool) -> None:
        if matters:
            self.seen.append(f"{kind}: {text}")

    def is_trouble(self, message) -> bool:
        """An error, but not what Chromium notes of an answer that the test wants."""
        told = f"{message.text} {message.location['url']}"
        return message.type == "error" and not any(one in told for one in self.meant)


@pytest.fixture
def visit(chromium, live_server) -> Iterator[Callable[..., Page]]:
    """Opens pages of the site: `visit("/rate/", user=rita, size="phone", dark=True, scripts=False)`.

    client: whose session it is, for one that is more than signed in. status: an error that the test wants to see.
    At the end of the test no page may have done what Trouble lists.
    """
    trouble, contexts = Trouble(), []

    def open_page(
        path: str,
        user=None,
        size: str = "desktop",
        dark: bool = False,
        scripts: bool = True,
        client: Client | None = None,
        status: int = 422,
    ) -> Page:
        trouble.meant.append(f"status of {status}")
        context = chromium.new_context(
            viewport=SIZES[size],
            has_touch=size == "phone",
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
        )
        context.set_default_timeout(30_000)
        contexts.append(context)
        page = context.new_page()
        trouble.watch(page, live_server.url)
        if user or client:
            context.add_cookies([session_of(client or signed_in(user), live_server.url)])
        page.goto(live_server.url + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert trouble.seen == []


def signed_in(user) -> Client:
    """Somebody who has signed in: the form itself has a test of its own, and limits."""
    client = Client()
    client.force_login(user)
    return client


def session_of(client: Client, origin: str) -> dict[str, str]:
    return {"name": settings.SESSION_COOKIE_NAME, "value": client.session.session_key, "url": origin}

"""The tutorial, walked as it is written: its commands are run, the words it prints in bold are pressed, and each of its
pictures is taken. With TUTORIAL_PICTURES set to a folder they are kept there.
"""

import os
import re
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from raters.rubrics.presets import PRESETS
from tests.browser.conftest import SIZES
from tests.browser.hand import Hand
from tests.browser.installation import PATIENCE_S, Site, first_link, served
from tests.processes import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.timeout(1500)]
TUTORIAL = (ROOT / "docs/tutorial.md").read_text()
PICTURES = re.findall(r"\(images/tutorial/(\w+)\.png\)", TUTORIAL)
# Pictures show the folders of whoever follows the tutorial, not those of the test.
A_READERS_PATHS = """document.querySelectorAll("code").forEach(
    (each) => { each.textContent = each.textContent.replace(/^\\/.*(?=\\/checkpoints)/, "/home/ada/assay/var"); })"""
SHOWN = "python manage.py evaluation show nightly"


def commands(section: int) -> list[str]:
    """The lines of the section's shell blocks, in their order."""
    text = re.search(rf"^## {section}\. .*?(?=^## |\Z)", TUTORIAL, re.MULTILINE | re.DOTALL)
    blocks = re.findall(r"^```sh\n(.*?)^```", text[0], re.MULTILINE | re.DOTALL) if text else []
    return [line for block in blocks for line in block.splitlines()]


class Reader(Hand):
    """Presses and fills in nothing that the tutorial does not name in bold."""

    def press(self, name: str) -> None:
        assert f"**{name}**" in TUTORIAL
        super().press(name)

    def fill(self, label: str, text: str) -> None:
        assert f"**{label}**" in TUTORIAL
        super().fill(label, text)

    def picture(self, name: str) -> None:
        """What fits into the window, without the foot of the page."""
        assert name in PICTURES
        kept = os.environ.get("TUTORIAL_PICTURES")
        self.page.evaluate(A_READERS_PATHS)
        foot = self.page.locator("footer").bounding_box() or {"y": SIZES["desktop"]["height"]}
        shown = {"x": 0, "y": 0, **SIZES["desktop"]}
        shown["height"] = min(shown["height"], foot["y"])
        self.page.screenshot(path=f"{kept}/{name}.png" if kept else None, clip=shown)

    def wait_until(self, text: str, is_there: bool = True) -> None:
        """Loads the page again until it has that text, or no longer has it."""
        deadline = time.monotonic() + PATIENCE_S
        while (text in self.page.inner_text("main")) != is_there:
            assert time.monotonic() < deadline, self.page.inner_text("main")
            time.sleep(1)
            self.page.reload()


@pytest.fixture
def somebody(chromium: Browser) -> Iterator[Callable[[str], Reader]]:
    """Another person with a window of their own."""
    contexts = []

    def open_at(address: str) -> Reader:
        contexts.append(chromium.new_context(viewport=SIZES["desktop"]))
        contexts[-1].set_default_timeout(60_000)
        page = contexts[-1].new_page()
        page.goto(address)
        return Reader(page)

    yield open_at
    for context in contexts:
        context.close()


@pytest.fixture
def site(tmp_path) -> Iterator[Site]:
    """What section 1 starts."""
    [serve] = commands(1)
    with served(tmp_path, serve) as made:
        yield made


def test_the_tutorial_leads_from_nothing_to_a_verdict(site, somebody):
    ada = somebody(first_link(site))
    set_up(ada)
    bring_in_prompts(ada)
    for command in commands(3):
        assert site.run(command) == 0, site.output
    study = plan(ada, site)
    ada.press("Invite raters")
    ada.press("Make a link")
    judge(somebody(ada.page.locator("[role=status] code").inner_text()))
    ada.page.goto(study)
    ada.wait_until("8 judgments")
    ada.press("Results")
    ada.picture("results")
    assert "Model 1 against Model 2" in ada.page.inner_text("main")
    evaluate(site)
    ada.page.goto(site.origin)
    ada.press("Series")
    ada.page.get_by_role("link", name="ours", exact=True).click()
    ada.picture("series")
    shown = ada.page.inner_text("main")
    assert "ours-step-000100" in shown and "candidate" in shown
    assert re.search(r"\b(Improvement|Pass)\b", shown), shown


def set_up(ada: Reader) -> None:
    ada.fill("Username", "ada")
    ada.fill("Email address", "ada@example.org")
    ada.fill("Password", "a-long-word-of-hers")
    ada.fill("Password confirmation", "a-long-word-of-hers")
    ada.press("Create my account")
    ada.picture("home")


def bring_in_prompts(ada: Reader) -> None:
    ada.press("Add prompts from a file")
    [file] = re.findall(r"choose `(\S+\.jsonl)`", TUTORIAL)
    ada.attach("File of prompts", ROOT / file)
    ada.press("Read it")
    ada.picture("prompts")
    ada.press("Save")


def plan(ada: Reader, site: Site) -> str:
    """The address of the study that was planned and opened."""
    ada.press("Assay")
    ada.press("Plan a study")
    ada.press("Only a part of it")
    ada.fill("Draw a sample of", "8")
    ada.tick("Candidates", "candidate")
    ada.tick("Baseline", "baseline")
    ada.fill("Ratings of each comparison", "1")
    ada.page.locator("[data-replan=power] dd").nth(2).filter(has_text=re.compile(r"^8$")).wait_for()
    ada.picture("plan")
    ada.press("Make the draft")
    ada.wait_until("Not laid out yet", is_there=False)
    ada.press("Open it for raters")
    return ada.page.url


def judge(you: Reader) -> None:
    """The way in, eight comparisons by the keyboard, and the way out."""
    for button in ("Begin", "Go on", "I agree", "I have read it"):
        you.press(button)
    for number, one in enumerate(PRESETS["instruction"].values()["training"]["check"]):
        you.page.locator(f"input[name=question_{number}][value='{one['right']}']").check()
    you.press("Send")
    for _ in range(5):
        you.page.get_by_role("button", name="About the same").click()
        you.press("Go on")
    rate(you.page, before_the_first=lambda: you.picture("rating"))
    you.press("I am finished")
    you.page.locator("input[name=recognised][value=no]").check()
    you.press("Finish")
    you.page.get_by_role("heading", name="Thank you").wait_for()


def rate(page: Page, before_the_first: Callable[[], None]) -> None:
    """2 and Enter, until nothing is left; Enter once more where it asks whether that was not too fast."""
    before_the_first()
    done = page.get_by_role("heading", name="Done for now")
    for _ in range(60):
        done.or_(page.get_by_role("heading", name="Response A", exact=True)).first.wait_for()
        if done.is_visible():
            return
        page.keyboard.press("2")
        page.keyboard.press("Enter")
        page.wait_for_timeout(700)
    raise AssertionError(page.inner_text("main"))


def evaluate(site: Site) -> None:
    """Section 7: each checkpoint is waited for where the text says so, and told by its exit code.

    By chance of what its raters draw, the better one may be told only to pass.
    """
    codes = []
    for command in commands(7):
        if command.startswith(SHOWN):
            site.run_until(command, "0 of 120 judgments are there")
        elif "verdict" in command:
            codes.append(site.run(command))
        else:
            assert site.run(command) == 0, site.output
    assert codes == [10, 0], site.output
    assert re.search(r"^candidate: (improvement|pass)$", site.output, re.MULTILINE), site.output


def test_every_picture_lies_beside_the_tutorial_and_no_other():
    assert {path.stem for path in (ROOT / "docs/images/tutorial").glob("*.png")} == set(PICTURES)

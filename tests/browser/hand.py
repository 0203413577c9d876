"""Does what a person does at a page: presses what can be seen, fills in what has a label."""

from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import FilePayload, Page


@dataclass
class Hand:
    """Counts what it does."""

    page: Page
    actions: int = 0

    def press(self, name: str) -> None:
        """A button or a link, by the words on it."""
        self.actions += 1
        shown = self.page.locator("button:visible, a:visible, summary:visible").filter(has_text=name)
        shown.first.click()
        self.page.wait_for_load_state()

    def fill(self, label: str, text: str) -> None:
        self.actions += 1
        self.page.get_by_label(label, exact=True).first.fill(text)

    def attach(self, label: str, file: FilePayload | Path) -> None:
        self.actions += 1
        self.page.get_by_label(label, exact=True).set_input_files(file)

    def tick(self, group: str, label: str) -> None:
        self.actions += 1
        self.page.get_by_role("group", name=group).get_by_label(label).check()

"""A page as a browser takes it in: where its links lead, and what each of its forms would send."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

NOT_SENT = ("submit", "button", "reset", "image", "file")


@dataclass
class FormThere:
    """`fields` are sent with whichever of the `buttons` is pressed, both as names and values."""

    action: str
    method: str
    id: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class PageThere(HTMLParser):
    """`links` and `forms` as they stand; what is disabled does nothing and is left out."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.astray: list[str] = []  # ids of forms to which a button outside of any belongs
        self.forms: list[FormThere] = []
        self._form: FormThere | None = None
        self._select = self._textarea = ""
        self._text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag == "form":
            method = given.get("method", "get").lower()
            self._form = FormThere(given.get("action", ""), method, given.get("id", ""))
            self.forms.append(self._form)
        elif "form" in given:
            self.astray.append(given["form"])
        elif self._form and "disabled" not in given:
            self._take(self._form, tag, given)

    def _take(self, form: FormThere, tag: str, given: dict[str, str]) -> None:
        kind, name = given.get("type", "text"), given.get("name", "")
        if tag == "button" or (tag == "input" and kind == "submit"):
            form.buttons.append((name, given.get("value", "")))
        elif tag == "input" and kind not in NOT_SENT:
            ticked = kind in ("checkbox", "radio")
            if not ticked or "checked" in given:
                form.fields.setdefault(name, []).append(given.get("value", "on" if ticked else ""))
        elif tag == "select":
            self._select = name
        elif tag == "option" and "selected" in given:
            form.fields.setdefault(self._select, []).append(given.get("value", ""))
        elif tag == "textarea":
            self._textarea, self._text = name, ""

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._form:
            text = self._text.removeprefix("\n")  # as browsers do with a line's end at the start
            self._form.fields.setdefault(self._textarea, []).append(text)
        elif tag == "form":
            self._form = None

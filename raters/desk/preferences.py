"""Keys and display: what each rater may set for themselves, kept with the rater, so that it follows them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from raters.access import raters_only
from raters.models import Rater

# What a key does, with the key it has until a rater chooses another.
ACTIONS = {
    "back": (_("Back to the last answer"), "b"),
    "skip": (_("Skip"), "s"),
    "flag": (_("Flag"), "f"),
    "diff": (_("Mark differences"), "d"),
    "link": (_("Scroll both together"), "l"),
    "left": (_("Go to response A"), "["),
    "right": (_("Go to response B"), "]"),
    "pause": (_("Pause"), "p"),
    "help": (_("List of keys"), "?"),
}
CHOICES = 9  # seven points and the two kinds of a tie
THEMES = {
    "auto": _("As my device"),
    "light": _("Light"),
    "dark": _("Dark"),
    "contrast": _("High contrast, light"),
    "contrast-dark": _("High contrast, dark"),
}
SIZES = {"normal": _("Normal"), "large": _("Large"), "larger": _("Larger")}


class PreferencesForm(forms.Form):
    """One character for each action, no two alike; and how pages look."""

    theme = forms.ChoiceField(label=_("Colours"), choices=list(THEMES.items()), initial="auto")
    size = forms.ChoiceField(label=_("Size of text"), choices=list(SIZES.items()), initial="normal")
    single_keys = forms.BooleanField(
        label=_("Single keys work on the rating page"), required=False, initial=True
    )

    def __init__(self, data: Any = None, kept: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial=kept)  # type: ignore[arg-type]
        for number in range(1, CHOICES + 1):
            self.fields[f"choice_{number}"] = key_field(
                _("Choice %(number)s") % {"number": number}, str(number)
            )
        for action, (label, key) in ACTIONS.items():
            self.fields[action] = key_field(label, key)

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        taken: dict[str, str] = {}
        for name in key_names():
            key = values.get(name, "")
            if key and key in taken:
                self.add_error(
                    name, _("“%(key)s” is taken by another action. Choose another key.") % {"key": key}
                )
            taken[key] = name
        return values

    def keys(self) -> list[forms.BoundField]:
        return [self[name] for name in key_names()]


def key_field(label: Any, key: str) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"})
    return SingleKeyField(label=label, initial=key, min_length=1, max_length=1, widget=widget)


class SingleKeyField(forms.CharField):
    """A character as a keyboard sends it, in lower case, so that Shift and Caps Lock do not matter."""

    def clean(self, value: Any) -> str:
        return str(super().clean(value)).lower()


def key_names() -> list[str]:
    return [*(f"choice_{number}" for number in range(1, CHOICES + 1)), *ACTIONS]


@dataclass(frozen=True)
class Keys:
    """The key of each action on the rating page, and those of the choices; all empty where single keys are off."""

    back: str = ""
    skip: str = ""
    flag: str = ""
    diff: str = ""
    link: str = ""
    left: str = ""
    right: str = ""
    pause: str = ""
    help: str = ""
    choices: tuple[str, ...] = ("",) * CHOICES

    @property
    def listed(self) -> list[tuple[str, Any]]:
        """Key and meaning of each action; nothing where keys are off."""
        return [(key, label) for action, (label, _key) in ACTIONS.items() if (key := getattr(self, action))]


def keys_of(rater: Rater) -> Keys:
    kept = rater.preferences
    if not kept.get("single_keys", True):
        return Keys()
    choices = tuple(kept.get(f"choice_{number}", str(number)) for number in range(1, CHOICES + 1))
    return Keys(
        **{action: kept.get(action, key) for action, (_label, key) in ACTIONS.items()}, choices=choices
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@raters_only
def keys_and_display(request: HttpRequest, rater: Rater) -> HttpResponse:
    form = PreferencesForm(request.POST or None, rater.preferences)
    back = request.POST.get("next") or request.GET.get("next", "")
    safe = back if url_has_allowed_host_and_scheme(back, allowed_hosts=None) else ""
    if request.method == "POST" and "defaults" in request.POST:
        Rater.objects.filter(pk=rater.pk).update(preferences={})
        return redirect(request.path)
    if request.method == "POST" and form.is_valid():
        Rater.objects.filter(pk=rater.pk).update(preferences=form.cleaned_data)
        return redirect(safe or "raters:my_studies")
    context = {"form": form, "next": safe}
    return render(request, "raters/keys_and_display.html", context, status=422 if form.errors else 200)


def display(request: HttpRequest) -> dict[str, Any]:
    """For every page: the colours and the size of text that its rater chose."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or user.plans_studies:
        return {}
    rater = getattr(user, "rater", None)
    kept = rater.preferences if rater else {}
    return {"theme": kept.get("theme", "auto"), "text_size": kept.get("size", "normal")}

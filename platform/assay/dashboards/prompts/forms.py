"""Forms by which researchers add prompt sets: a file, what it holds, a subset, a correction."""

from typing import Any

from django import forms
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from assay.accounts.requests import SignedInRequest
from promptsets.corrections import CORRECTABLE
from promptsets.formats import FORMATS
from promptsets.formats.columns import FIELDS, Columns
from promptsets.formats.columns import NAME as COLUMNS
from promptsets.formats.source import LARGEST_FILE
from promptsets.models import Prompt, PromptFile
from promptsets.subsets import STRATA, Sample
from promptsets.taxonomy import INSTRUCTION, KINDS
from promptsets.versions import LONGEST_SLUG


class FileForm(forms.Form):
    file = forms.FileField(
        label=_("File of prompts"), help_text=_("JSONL, JSON, CSV or Parquet, gzipped or not.")
    )

    def clean_file(self) -> Any:
        sent = self.cleaned_data["file"]
        if sent.size > LARGEST_FILE:
            most = LARGEST_FILE // 1024**2
            raise forms.ValidationError(_("The file is larger than %(most)s MB: split it.") % {"most": most})
        return sent


class KeptFileForm(FileForm):
    """A file that is read and shown before it is saved: what was looked at need not be sent again."""

    sent = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].required = not (self.data and self.data.get("sent"))

    def clean_file(self) -> Any:
        return super().clean_file() if self.cleaned_data.get("file") else None

    def kept(self, request: SignedInRequest) -> PromptFile:
        """The file that was sent now, kept for the second look; or the one that was sent before."""
        file = self.cleaned_data["file"]
        if file is None:
            return get_object_or_404(PromptFile, token=self.cleaned_data["sent"], owner=request.user)
        return PromptFile.objects.create(owner=request.user, name=file.name[:255], content=file.read())


class ReadingForm(forms.Form):
    """How a file is to be read: as what set, in which format, and, for a table, which column holds what."""

    slug = forms.SlugField(label=_("Name of the set"), max_length=LONGEST_SLUG, required=False)
    format = forms.ChoiceField(label=_("Format"), required=False)
    kind = forms.ChoiceField(label=_("Kind of prompts"), choices=list(KINDS.items()), required=False)

    def __init__(self, columns: list[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        formats = [("", _("recognise it")), (COLUMNS, _("a table: choose its columns"))]
        self.fields["format"].choices = [*formats, *((name, name) for name in FORMATS)]  # type: ignore[attr-defined]
        offered = [("", "–"), *((name, name) for name in columns)]
        for name in FIELDS:
            self.fields[f"column_{name}"] = forms.ChoiceField(label=name, choices=offered, required=False)

    def mapped(self) -> list[forms.BoundField]:
        return [self[f"column_{name}"] for name in FIELDS]

    def general(self) -> list[forms.BoundField]:
        return [self[name] for name in ("slug", "format", "kind")]

    def asked(self) -> dict[str, Any]:
        """The arguments of `plan_source`. Raises: MappingError for a mapping that cannot be used."""
        values = self.cleaned_data
        slug = values["slug"] or None
        if values["format"] != COLUMNS:
            return {"slug": slug, "format_name": values["format"] or None}
        of = {name: values[f"column_{name}"] for name in FIELDS if values[f"column_{name}"]}
        return {"slug": slug, "columns": Columns(of, values["kind"] or INSTRUCTION)}


class SubsetForm(forms.Form):
    slug = forms.SlugField(label=_("Name of the new set"), max_length=LONGEST_SLUG)
    size = forms.IntegerField(
        label=_("Draw a sample of"), min_value=1, required=False, help_text=_("Empty: all that fit.")
    )
    by = forms.MultipleChoiceField(
        label=_("Spread over"),
        choices=[(name, name.replace("_", " ")) for name in STRATA],
        widget=forms.CheckboxSelectMultiple,
        initial=["category"],
        required=False,
    )
    seed = forms.IntegerField(label=_("Seed"), initial=0, min_value=0)

    def sample(self) -> Sample | None:
        values = self.cleaned_data
        return Sample(values["size"], tuple(values["by"]), values["seed"]) if values["size"] else None


class CorrectionForm(forms.Form):
    """A prompt as it stands, to be put right. Line ends come back as the prompt had them, not as browsers send them."""

    category = forms.CharField(label=_("Category"), max_length=100, required=False, strip=False)
    subcategory = forms.CharField(label=_("Subcategory"), max_length=100, required=False, strip=False)
    language = forms.CharField(label=_("Language"), max_length=35, required=False)
    rater_note = forms.CharField(
        label=_("A good answer"), widget=forms.Textarea(attrs={"rows": 3}), required=False, strip=False
    )
    reason = forms.CharField(label=_("Why is this right?"), max_length=500)

    def __init__(self, prompt: Prompt, data: Any = None) -> None:
        self.prompt = prompt
        stands = {name: getattr(prompt, name) for name in CORRECTABLE}
        super().__init__(data, initial=stands)
        turns = {}
        for place, turn in enumerate(prompt.turns):
            label = _("Prompt") if len(prompt.turns) == 1 else _("Turn %(n)s") % {"n": place + 1}
            area = forms.Textarea(attrs={"rows": min(20, 3 + turn.count("\n")), "dir": "auto"})
            turns[f"turn_{place}"] = forms.CharField(label=label, widget=area, strip=False, initial=turn)
        self.fields = {**turns, **self.fields}

    def proposed(self) -> dict[str, Any]:
        values = {name: self.cleaned_data[name] for name in CORRECTABLE if name != "turns"}
        values["rater_note"] = as_before(values["rater_note"], self.prompt.rater_note)
        turns = [as_before(self.cleaned_data[f"turn_{n}"], turn) for n, turn in enumerate(self.prompt.turns)]
        return {**values, "turns": tuple(turns)}


def as_before(sent: str, stands: str) -> str:
    """Browsers end every line with CR LF, whatever the text had; only a text that differs otherwise was changed."""

    def plain(text: str) -> str:
        return text.replace("\r\n", "\n").replace("\r", "\n")

    return stands if plain(sent) == plain(stands) else plain(sent)

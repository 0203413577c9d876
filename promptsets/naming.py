"""How commands and pages call a version: `everyday` for the newest, `everyday@2` for that one."""

from promptsets.models import PromptSet, PromptSetVersion


def version_named(name: str) -> PromptSetVersion:
    """Raises: ValueError, with the sets there are, if the name fits none."""
    slug, at, number = name.partition("@")
    versions = PromptSetVersion.objects.filter(prompt_set__slug=slug).order_by("-number")
    if at:
        versions = versions.filter(number=number) if number.isdecimal() else versions.none()
    if version := versions.select_related("prompt_set").first():
        return version
    offered = PromptSet.objects.filter(archived_at=None).values_list("slug", flat=True)
    known = ", ".join(offered[:10]) or "none yet"
    raise ValueError(f"There is no prompt set {name!r}. Prompt sets: {known}.")


def offered_version(name: str) -> PromptSetVersion:
    """The version for something new. Raises: ValueError if the name fits none, or its set is archived."""
    version = version_named(name)
    if version.prompt_set.archived_at:
        raise ValueError(f"{version.prompt_set} is archived: bring it back first")
    return version

"""How commands and the API call a checkpoint: by its name, with the known ones in the message if it is wrong."""

from generation.models import Checkpoint
from promptsets.refusals import FieldError


def checkpoint_named(name: str) -> Checkpoint:
    """Raises: FieldError, with the checkpoints there are, if none has the name; or if it is archived."""
    checkpoint = Checkpoint.objects.filter(name=name).first()
    if checkpoint is None:
        offered = Checkpoint.objects.filter(archived_at=None).values_list("name", flat=True)
        known = ", ".join(offered[:10]) or "none yet"
        raise FieldError("checkpoint", f"There is no checkpoint {name!r}. Checkpoints: {known}.")
    if checkpoint.archived_at:
        raise FieldError("checkpoint", f"{name} is archived: bring it back first.")
    return checkpoint

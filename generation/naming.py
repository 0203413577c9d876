"""How commands and the API call a checkpoint: by its name, with the known ones in the message if it is wrong."""

from generation.models import Checkpoint
from promptsets.refusals import FieldError


def checkpoint_named(name: str) -> Checkpoint:
    """Raises: FieldError, with the checkpoints there are, if none has the name."""
    checkpoint = Checkpoint.objects.filter(name=name).first()
    if checkpoint is None:
        known = ", ".join(Checkpoint.objects.values_list("name", flat=True)[:10]) or "none yet"
        raise FieldError("checkpoint", f"There is no checkpoint {name!r}. Checkpoints: {known}.")
    return checkpoint

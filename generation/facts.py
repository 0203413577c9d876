"""What a checkpoint is, in the words in which the preview, the page and the command say it."""

from generation.endpoints import RAW
from generation.models import Checkpoint


def facts_of(checkpoint: Checkpoint) -> dict[str, str]:
    """By name, in order; the digest last, since it is long."""
    told = (
        of_endpoint(checkpoint) if checkpoint.source == Checkpoint.Source.ENDPOINT else of_folder(checkpoint)
    )
    return told | {"Licence": checkpoint.licence_told, "Digest": checkpoint.digest}


def of_folder(checkpoint: Checkpoint) -> dict[str, str]:
    described = checkpoint.description
    return {
        "Folder": checkpoint.uri,
        "Family": checkpoint.family,
        "Parameters": f"{described['parameters']:,}",
        "Computes in": described["dtype"],
        "Chat format": described["chat_format"],
        "Tokens that end a reply": tokens(described.get("stop_ids")),
    }


def tokens(ids: list[int] | None) -> str:
    """Of a checkpoint that was registered before they were kept, they are not known."""
    return "not known" if ids is None else ", ".join(map(str, ids)) or "none"


def of_endpoint(checkpoint: Checkpoint) -> dict[str, str]:
    described = checkpoint.description
    return {
        "Address": checkpoint.uri,
        "Model": described["model"],
        "Requests at a time": str(described["concurrency"]),
        "Key": f"in {described['key_env']}" if described["key_env"] else "none",
        "Is sent": "bare text" if described["chat_format"] == RAW else "conversations",
        "Texts that end a reply": ", ".join(map(repr, described["stop"])) or "none",
    }

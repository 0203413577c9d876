"""Hostile checkpoints: each a way to damage a sound folder, with a part of the one message that refuses it."""

import io
import json
import os
import pickle
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DEEP = b"[" * 200_000
WEIGHTS = "model.safetensors"


@dataclass(frozen=True)
class Hostile:
    """damage: changes the folder (or writes the file) that it is given."""

    damage: Callable[[Path], object]
    told: str


class Touches:
    """Unpickled, it would leave a file where it says."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self):
        return os.system, (f"touch {self.mark}",)


def pickled(folder: Path, protocol: int) -> bytes:
    return pickle.dumps(Touches(folder.parent / "executed"), protocol)


def zipped(content: bytes, name: str = "archive/data.pkl") -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return packed.getvalue()


def weights(content: bytes) -> Callable[[Path], object]:
    return lambda folder: (folder / WEIGHTS).write_bytes(content)


def header(content: bytes | dict[str, Any], data: bytes = b"") -> Callable[[Path], object]:
    """A safetensors file of that header."""
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    return weights(struct.pack("<Q", len(text)) + text + data)


def tensor(**fields: Any) -> Callable[[Path], object]:
    return header({"model.x": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4], **fields}}, bytes(4))


def config(**fields: Any) -> Callable[[Path], object]:
    def change(folder: Path) -> None:
        stated = json.loads((folder / "config.json").read_bytes())
        (folder / "config.json").write_text(json.dumps(stated | fields))

    return change


def only(name: str, content: Callable[[Path], bytes]) -> Callable[[Path], object]:
    """The folder with that file in place of its weights."""

    def change(folder: Path) -> None:
        (folder / WEIGHTS).unlink()
        (folder / name).write_bytes(content(folder))

    return change


def index(name: str) -> Callable[[Path], object]:
    return only(f"{WEIGHTS}.index.json", lambda _: json.dumps({"weight_map": {"model.x": name}}).encode())


def linked(name: str, to: str) -> Callable[[Path], object]:
    def change(folder: Path) -> None:
        (folder / name).unlink(missing_ok=True)
        (folder / name).symlink_to(to)

    return change


def pipe(folder: Path) -> None:
    (folder / WEIGHTS).unlink()
    os.mkfifo(folder / WEIGHTS)


def zarr(shape: list[int], chunks: list[int]) -> Callable[[Path], object]:
    """An Orbax tree of one array that claims such a shape and holds a few bytes."""

    def change(folder: Path) -> None:
        (folder / WEIGHTS).unlink()
        (folder / "checkpoint").write_bytes(b"")
        array = folder / "params.embedder.input_embedding"
        array.mkdir()
        about = {"zarr_format": 2, "dtype": "<f4", "order": "C", "compressor": None, "filters": None}
        about |= {"shape": shape, "chunks": chunks, "fill_value": None}
        (array / ".zarray").write_text(json.dumps(about))
        (array / "0.0").write_bytes(bytes(16))

    return change


def grown(folder: Path) -> None:
    """Sparse: a few kilobytes on the disk that claim to be more than may be read."""
    os.truncate(folder / WEIGHTS, 1 << 42)


def metadata(folder: Path) -> None:
    zarr([4, 4], [4, 4])(folder)
    (folder / "_METADATA").write_bytes(DEEP)


def cut(name: str, kept: float) -> Callable[[Path], object]:
    def change(folder: Path) -> None:
        os.truncate(folder / name, int((folder / name).stat().st_size * kept))

    return change


MANY = {f"t{n}": {"dtype": "F32", "shape": [0], "data_offsets": [0, 0]} for n in range(50_000)}
CHECKPOINTS = {
    "a pickle": Hostile(lambda f: weights(pickled(f, 4))(f), "this is a pickle"),
    "an old pickle": Hostile(lambda f: weights(pickled(f, 0))(f), "not a safetensors file"),
    "a pickle of PyTorch": Hostile(lambda f: weights(zipped(pickled(f, 2)))(f), "this is a pickle"),
    "a folder of pickles": Hostile(only("pytorch_model.bin", lambda f: pickled(f, 2)), "never opened"),
    "msgpack": Hostile(only("flax_model.msgpack", lambda f: b"\x81"), "no weights: expected"),
    "a zip bomb": Hostile(weights(zipped(bytes(200 << 20))), "this is a pickle"),
    "a header beyond the file": Hostile(weights(b"\xff" * 16), "cut short in its header"),
    "a header of no object": Hostile(header(b"[]"), "must be a JSON object"),
    "a header that nests": Hostile(header(b'{"a":' + DEEP), "header is not JSON"),
    "a header of many empty tensors": Hostile(header(MANY), "is missing"),
    "a shape without end": Hostile(tensor(shape=[1 << 62] * 4), "does not fill bytes"),
    "a shape of many axes": Hostile(tensor(shape=[10**4000] * 20), "does not fill bytes"),
    "a negative shape": Hostile(tensor(shape=[-1, -1]), "does not fill bytes"),
    "a place before the file": Hostile(tensor(data_offsets=[-4, 0]), "does not fill bytes"),
    "a place behind the file": Hostile(tensor(data_offsets=[1 << 40, (1 << 40) + 4]), "cut short"),
    "a dtype that is a list": Hostile(tensor(dtype=["F32"]), "is of dtype"),
    "an entry that is a number": Hostile(header({"model.x": 7}), "the header lacks"),
    "a name that steers a terminal": Hostile(header({"\x1b[2J": {}}), "impossible name"),
    "weights cut in half": Hostile(cut(WEIGHTS, 0.5), "cut short"),
    "weights without their end": Hostile(cut(WEIGHTS, 0.999), "cut short"),
    "weights that are sparse": Hostile(grown, "more than the"),
    "a config that nests": Hostile(lambda f: (f / "config.json").write_bytes(DEEP), "not JSON"),
    "a config without end": Hostile(config(x="x" * (17 << 20)), "larger than"),
    "a config of many layers": Hostile(config(num_hidden_layers=10**9), "at most 1,000"),
    "a config of a huge width": Hostile(config(hidden_size=10**30), "expected at most 1,073,741,824"),
    "a config of text": Hostile(config(vocab_size="9" * 10_000), "expected a positive whole number"),
    "a shard above the folder": Hostile(index("../../secret.safetensors"), "expected a .safetensors file"),
    "a shard by an absolute path": Hostile(index("/etc/passwd.safetensors"), "expected a .safetensors"),
    "a shard with a null": Hostile(index("a\0.safetensors"), ""),
    "a link out of the roots": Hostile(linked("tokenizer.model", "/etc/passwd"), "lies outside"),
    "a folder that is a link out": Hostile(linked("more", "/etc"), "lies outside"),
    "a link to nothing": Hostile(linked(WEIGHTS, "nothing-here"), "neither a file nor a folder"),
    "a pipe": Hostile(pipe, "neither a file nor a folder"),
    "a tokenizer that is none": Hostile(
        lambda f: (f / "tokenizer.model").write_bytes(os.urandom(999)), "copy it"
    ),
    "a tokenizer cut short": Hostile(cut("tokenizer.model", 0.5), "copy it again"),
    "an array that claims terabytes": Hostile(zarr([1 << 20, 1 << 20], [4, 4]), "no weights pack so small"),
    "an array of one huge part": Hostile(zarr([1 << 20, 1 << 20], [1 << 20, 1 << 20]), "no weights pack"),
    "an array kept in larger parts": Hostile(zarr([4, 4], [1 << 20, 1 << 20]), "larger than itself"),
    "an array whose shape overflows": Hostile(zarr([1 << 62, 1 << 62], [1, 1]), ""),
    "Orbax's description that nests": Hostile(metadata, "not JSON"),
}

"""A checkpoint as a command or the API asks for it: a folder of weights or an endpoint, each with its options."""

from dataclasses import dataclass
from typing import Any

from generation.endpoint_urls import EndpointUrl
from generation.endpoints import Endpoint
from promptsets.refusals import FieldError

OF_FOLDERS = ("dtype",)
OF_ENDPOINTS = ("model", "key_env", "concurrency", "raw", "stop")


@dataclass(frozen=True)
class Wanted:
    """Options are None where they were not given. Raises: FieldError for one that is the other kind's."""

    name: str
    uri: str
    series: str | None = None
    step: int | None = None
    licence: str | None = None
    dtype: str | None = None
    model: str | None = None
    key_env: str | None = None
    concurrency: int | None = None
    raw: bool | None = None
    stop: list[str] | None = None

    def __post_init__(self) -> None:
        others, kind = (OF_FOLDERS, "a folder") if self.is_endpoint else (OF_ENDPOINTS, "an endpoint")
        for name in others:
            if getattr(self, name) is not None:
                raise FieldError(name, f"{name} is for {kind}, which {self.uri} is not")

    @property
    def is_endpoint(self) -> bool:
        return self.uri.lower().startswith(("http:", "https:"))

    @property
    def told(self) -> dict[str, Any]:
        """What is told of either kind."""
        return {"series": self.series, "step": self.step, "licence": self.licence}

    @property
    def dtype_or_usual(self) -> str:
        return self.dtype or "float32"

    def endpoint(self) -> Endpoint:
        """Raises: ValueError naming what is wrong."""
        given = {name: getattr(self, name) for name in ("key_env", "concurrency")}
        return Endpoint(
            EndpointUrl.parse(self.uri),
            model=self.model or self.name,
            is_raw=bool(self.raw),
            stop=tuple(self.stop or ()),
            **{name: value for name, value in given.items() if value is not None},
        )

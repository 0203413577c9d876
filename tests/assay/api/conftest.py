"""A client of the API: JSON in, JSON out, with a token that may do everything unless the test says otherwise."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from assay.accounts.models import User
from assay.api.scopes import SCOPES
from assay.api.tokens import make_token
from tests.generation.conftest import server  # noqa: F401  a language model behind an address


@dataclass(frozen=True)
class Api:
    """`api.get("studies")`, `api.post("runs", {"checkpoint": …}, key="k")`."""

    secret: str

    def get(self, path: str, **headers: str) -> Any:
        return Client().get(f"/api/v1/{path}", headers=self.headers(headers))

    def post(self, path: str, body: Any = None, key: str = "", method: str = "post") -> Any:
        headers = self.headers({"Idempotency-Key": key} if key else {})
        content = "" if body is None else json.dumps(body)
        send = getattr(Client(), method)
        return send(f"/api/v1/{path}", content, content_type="application/json", headers=headers)

    def upload(self, path: str, file: Any, key: str = "") -> Any:
        headers = self.headers({"Idempotency-Key": key} if key else {})
        return Client().post(f"/api/v1/{path}", {"file": file}, headers=headers)

    def headers(self, others: dict[str, str]) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}", **others}


@pytest.fixture
def api_of() -> Callable[..., Api]:
    def make(user: User, *scopes: str) -> Api:
        return Api(make_token(user, "of a test", scopes or list(SCOPES), days=1, actor=user).secret)

    return make


@pytest.fixture
def api(api_of, researcher) -> Api:
    return api_of(researcher)

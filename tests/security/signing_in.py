"""A web process of its own that tries wrong passwords, and prints how many of them were looked at.

DATABASE_URL=… python -m tests.security.signing_in TRIES
"""

import os
import sys
from pathlib import Path


def main(tries: int) -> None:
    sys.path.insert(1, str(Path(__file__).resolve().parents[2] / "platform"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assay.settings")
    import django

    django.setup()
    from django.test import Client

    client = Client(SERVER_NAME="localhost")
    sent = {"login": "rosa", "password": "wrong-wrong-wrong"}
    answers = [client.post("/accounts/login/", sent).content.decode() for _ in range(tries)]
    print(sum("not correct" in answer for answer in answers))


if __name__ == "__main__":
    main(int(sys.argv[1]))

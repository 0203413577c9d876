"""A private PostgreSQL and Valkey, from their wheels: for tests, and for trying the whole stack by hand.

python -m tests.services                           start both, print their addresses, wait for Ctrl-C
python -m tests.services -- COMMAND [ARGUMENT …]   run the command with DATABASE_URL set to the PostgreSQL
"""

import os
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from assay.operations.services import postgresql, valkey


def main(arguments: list[str]) -> int:
    with tempfile.TemporaryDirectory(prefix="assay-") as name, postgresql(Path(name)) as database_url:
        if arguments[:1] == ["--"]:
            return subprocess.call(arguments[1:], env={**os.environ, "DATABASE_URL": database_url})
        with valkey() as redis_url:
            print(f"DATABASE_URL={database_url}\nREDIS_URL={redis_url}\nCtrl-C stops both.", flush=True)
            with suppress(KeyboardInterrupt):
                signal.pause()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

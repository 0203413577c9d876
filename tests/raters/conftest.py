"""What answers for a judge: the server and the tiny checkpoint that generation is tested with."""

from tests.generation.conftest import server, tiny_folder

__all__ = ["server", "tiny_folder"]

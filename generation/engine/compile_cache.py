"""Compiled programs kept on disk, so that only the first process on a machine waits for the compiler."""

from pathlib import Path

import jax

LEAST_S = 0.2  # what compiles faster is not worth a file


def use_compile_cache(folder: Path) -> None:
    """For this process, from now on. Other processes may share the folder at the same time."""
    folder.mkdir(parents=True, exist_ok=True)
    jax.config.update("jax_compilation_cache_dir", str(folder))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", LEAST_S)
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)

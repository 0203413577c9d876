"""Words for numbers, in the messages that stand beside results."""


def counted(n: int, thing: str) -> str:
    """`1 prompt`, `2 prompts`."""
    return f"{n} {thing}" if n == 1 else f"{n} {thing}s"

"""An asynchronous stream drawn by a thread of its own, so that it goes on while its user stores what came."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")
Began = SimpleQueue[tuple[asyncio.AbstractEventLoop, asyncio.Task[None]] | None]
OVER = object()


def in_background(stream: AsyncIterator[T]) -> Iterator[T]:
    """Yields what the stream yields and raises what it raises; closing this iterator cancels the stream at once."""
    came: SimpleQueue[Any] = SimpleQueue()
    began: Began = SimpleQueue()
    with ThreadPoolExecutor(1, "endpoint") as thread:
        drawing = thread.submit(lambda: asyncio.run(_draw(stream, came, began)))
        drawing.add_done_callback(lambda _: began.put(None))  # for a loop that cannot even be made
        if place := began.get():
            loop, task = place
            try:
                while (item := came.get()) is not OVER:
                    yield item
            finally:
                with suppress(RuntimeError):  # its loop is closed: all is over already
                    loop.call_soon_threadsafe(task.cancel)
        drawing.result()


async def _draw(stream: AsyncIterator[T], came: SimpleQueue[Any], began: Began) -> None:
    task = asyncio.current_task()
    assert task is not None
    began.put((asyncio.get_running_loop(), task))
    try:
        async for item in stream:
            came.put(item)
    finally:
        came.put(OVER)

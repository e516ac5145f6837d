"""One address for the two ports of an Odoo with several workers.

Its workers take requests, and another process takes the live connections of the web
client. In production a reverse proxy parts them. Without one, each open page of the
backend tries to connect again and again, with an error in the log each time."""

import asyncio
import threading
from contextlib import suppress

HOST = "127.0.0.1"
LIVE = b"GET /websocket"
CHUNK = 64 * 1024


class Front:
    """`start()` it: what comes to `port` goes to one of the others."""

    def __init__(self, port: int, http_port: int, live_port: int) -> None:
        self.port = port
        self.http_port = http_port
        self.live_port = live_port
        # The event loop itself holds its tasks by weak references only.
        self._open: set[asyncio.Task] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def start(self) -> None:
        """Listen."""
        self._thread.start()
        self._run(asyncio.start_server(self._serve, HOST, self.port))

    def stop(self) -> None:
        """Drop all connections and stop listening."""
        self._run(self._cancel_all())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, coroutine) -> None:
        asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    async def _cancel_all(self) -> None:
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Pass one connection on. Its first bytes tell where to; nothing else can
        follow on it, since Odoo's workers end it after one request."""
        writers, task = [writer], asyncio.current_task()
        self._open.add(task)
        try:
            first = await reader.read(CHUNK)
            port = self.live_port if first.startswith(LIVE) else self.http_port
            back_reader, back_writer = await asyncio.open_connection(HOST, port)
            writers.append(back_writer)
            back_writer.write(first)
            asking = asyncio.create_task(_copy(reader, back_writer))
            await _copy(back_reader, writer)
            asking.cancel()
        except (OSError, asyncio.CancelledError):
            pass  # Odoo does not run, or stops; whoever asks sees the connection end.
        finally:
            self._open.discard(task)
            for open_writer in writers:
                open_writer.close()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Copy until one side has no more or is gone."""
    with suppress(OSError):
        while data := await reader.read(CHUNK):
            writer.write(data)
            await writer.drain()
        writer.write_eof()

"""One question to a web service: GET, JSON back. 200 is an answer, 404 and 410 say there is none; all else failed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import msgspec

from ivr.services import Unanswered

MOST_BYTES = 65536
UNKNOWN = (404, 410)
LATER = 429


class Web:
    """Asks over connections that are kept. A service's secret is the file NAME.token of a folder, if there is one."""

    def __init__(self, secrets: Path) -> None:
        self._secrets = secrets
        self._session = aiohttp.ClientSession(headers={"Accept": "application/json"})

    async def get(self, service: str, address: str, timeout: float) -> Any:  # noqa: ANN401 - any JSON
        """What the service answered; None where it knows nothing of it. Raises Unanswered."""
        async with self._asked(service, address, timeout) as response:
            return await _read(response)

    async def status(self, service: str, address: str, timeout: float) -> int:
        """The status of the service's answer, whatever it says. Raises Unanswered."""
        async with self._asked(service, address, timeout) as response:
            return response.status

    @asynccontextmanager
    async def _asked(self, service: str, address: str, timeout: float) -> AsyncIterator[aiohttp.ClientResponse]:
        limit = aiohttp.ClientTimeout(total=timeout)
        headers = self._secret(service)
        try:
            async with self._session.get(address, timeout=limit, allow_redirects=False, headers=headers) as response:
                yield response
        except TimeoutError:
            raise Unanswered(f"no answer within {timeout:g} s") from None
        except (aiohttp.ClientError, ValueError) as error:
            raise Unanswered(type(error).__name__) from None

    async def close(self) -> None:
        """Closes the connections."""
        await self._session.close()

    def _secret(self, service: str) -> dict[str, str]:
        try:
            return {"Authorization": f"Bearer {(self._secrets / f'{service}.token').read_text().strip()}"}
        except OSError:
            return {}


async def _read(response: aiohttp.ClientResponse) -> Any:  # noqa: ANN401 - any JSON
    if response.status in UNKNOWN:
        return None
    if response.status != 200:
        raise Unanswered(f"it answered with {response.status}", response.status >= 500 or response.status == LATER)
    body = b""
    async for piece in response.content.iter_any():
        body += piece
        if len(body) > MOST_BYTES:
            raise Unanswered(f"its answer is longer than {MOST_BYTES // 1024} kB", again=False)
    try:
        return msgspec.json.decode(body)
    except msgspec.DecodeError:
        raise Unanswered("its answer is no JSON", again=False) from None

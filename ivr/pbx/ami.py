"""AMI through panoramisk, behind a thin wrapper that knows its traps.

panoramisk repeats an action after a reconnect, has no deadline for one, and does not filter line ends in
values. So: only actions that may happen twice without harm, a deadline for each, and values checked here.
Events are believed only for channels of calls that we serve, by their Uniqueid.
"""

import asyncio
import logging
from typing import Any

from panoramisk import Manager

from ivr.pbx.amiwire import Handler, Protocol

DEADLINE = 3.0


class AmiError(Exception):
    """AMI refused or did not answer; one sentence."""


class Ami:
    """One supervised AMI session; events go to the handler of their name."""

    def __init__(self, port: int, secret: str, username: str = "ivr") -> None:
        # what goes wrong is told by exceptions, and by what is done about it
        logging.getLogger("panoramisk").setLevel(logging.CRITICAL)
        self._manager = Manager(
            host="127.0.0.1", port=port, username=username, secret=secret, ping_delay=10, ping_interval=10,
            reconnect_timeout=1, forgetable_actions=("ping", "login"),
            protocol_factory=lambda: Protocol(self._handlers),
        )  # fmt: skip
        self._handlers: dict[str, Handler] = {}
        self._connected = asyncio.Event()
        self.up = False
        self._manager.on_login = self._logged_in
        self._manager.on_disconnect = self._lost

    def on(self, event: str, handler: Handler) -> None:
        """Calls `handler`, the only one, with the fields of each such event."""

        def receive(_manager: Any, message: Any) -> None:  # noqa: ANN401 - panoramisk has no types
            handler({key: str(value) for key, value in message.items()})

        self._handlers[event] = handler
        self._manager.register_event(event, receive)

    async def connect(self, patience: float = 10.0) -> None:
        """Returns when logged in."""
        await self._manager.connect(run_forever=False)
        try:
            async with asyncio.timeout(patience):
                await self._connected.wait()
        except TimeoutError:
            raise AmiError("AMI does not let us in: check the secret in generated.conf and manager.conf") from None

    async def act(self, action: str, **fields: str) -> dict[str, str]:
        """The response's fields; raises AmiError when it is no success."""
        for name, value in fields.items():
            if any(char in str(value) for char in "\r\n\0"):
                raise AmiError(f"{name} carries a line end and was not sent")
        if not self.up:
            raise AmiError("AMI is not connected")
        try:
            async with asyncio.timeout(DEADLINE):
                # as_list: panoramisk takes QueueAdd's answer for the head of a list, and waits for the rest for ever
                answer = await self._manager.send_action({"Action": action, **fields}, as_list=False)
        except TimeoutError:
            raise AmiError(f"no answer to {action} within {DEADLINE:.0f} s") from None
        first = answer[0] if isinstance(answer, list) else answer
        if str(first.response).lower() not in ("success", "goodbye", "follows"):
            raise AmiError(f"{action}: {first.message or 'refused'}")
        return {key: str(value) for key, value in first.items()}

    async def rows(self, action: str, **fields: str) -> list[dict[str, str]]:
        """All events of a list action, the closing one left out; raises AmiError when there is no answer."""
        if not self.up:
            raise AmiError("AMI is not connected")
        try:
            async with asyncio.timeout(DEADLINE):
                answer = await self._manager.send_action({"Action": action, **fields})
        except TimeoutError:
            raise AmiError(f"no answer to {action} within {DEADLINE:.0f} s") from None
        many = answer if isinstance(answer, list) else [answer]
        return [
            {key: str(value) for key, value in one.items()} for one in many if one.event and one.eventlist != "Complete"
        ]

    def close(self) -> None:
        """Ends the session."""
        self.up = False
        self._manager.close()

    def _logged_in(self, *_args: object) -> None:
        self.up = True
        self._connected.set()

    def _lost(self, *_args: object) -> None:
        self.up = False

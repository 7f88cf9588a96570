"""The hands of one call: AGI commands on its channel, one at a time, which runs one application at a time."""

from ivr.pbx.agi import Reply
from ivr.pbx.keypad import Keypad
from ivr.pbx.server import Connection
from ivr.pbx.stream import Stream

COMMAND = "${IVR_COMMAND}"
"""The number of the command that took the channel last, for a controller that comes after us."""


class Refused(Exception):
    """Asterisk would not do it; the reason is one sentence."""


class Hands:
    """Carries out AGI commands; the listening stream ends before each."""

    def __init__(self, agi: Connection, stream: Stream, keypad: Keypad) -> None:
        self._agi, self._stream, self._keypad = agi, stream, keypad

    @property
    def hung_up(self) -> bool:
        """Whether Asterisk has told that the caller is gone."""
        return self._agi.hung_up

    async def execute(self, *words: object, deadline: float = 10.0) -> Reply:
        """The reply to an AGI command; raises ConnectionGone where there is nobody to give it to."""
        if self._stream.open:
            await self._stream.end()
        self._keypad.begun()
        return await self._agi.execute(*words, deadline=deadline)

    async def variable(self, expression: str) -> str:
        """What an expression of the dialplan comes to."""
        return (await self.execute("GET FULL VARIABLE", expression)).text

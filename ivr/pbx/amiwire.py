"""panoramisk's protocol, with a short way for events that come alone, as every key of every call does.

Read panoramisk's way, each event makes a dictionary of its own kind, tries a pattern for each event that anybody waits
for, and writes a line for a log that nobody keeps. What is not plainly one whole
event, and all that panoramisk itself wants to see (responses, lists, what follows a login), is read by it as ever.
"""

from collections.abc import Callable, Mapping

from panoramisk.ami_protocol import AMIProtocol

Handler = Callable[[dict[str, str]], None]
_EVENT = b"Event: "
_END = b"\r\n\r\n"


def lone_event(data: bytes) -> dict[str, str] | None:
    """The fields of the one whole event that `data` is; None where it is anything else.

    A field that comes twice is somebody's forgery or a list: it is not for us to tell which of the two counts.
    """
    if not data.startswith(_EVENT) or data.find(_END) != len(data) - len(_END):
        return None
    lines = data[: -len(_END)].decode("utf8", "ignore").split("\r\n")
    try:
        fields = dict(one.split(": ", 1) for one in lines)
    except ValueError:
        return None
    return fields if len(fields) == len(lines) and "ActionID" not in fields else None


class Protocol(AMIProtocol):  # type: ignore[misc]  # panoramisk has no types
    """Events with a handler go to it the short way; the rest goes panoramisk's."""

    def __init__(self, handlers: Mapping[str, Handler]) -> None:
        self._handlers = handlers

    def data_received(self, data: bytes) -> None:
        fields = None if any(self.queue) else lone_event(data)
        handler = self._handlers.get(fields["Event"]) if fields else None
        if fields and handler:
            handler(fields)
        else:
            super().data_received(data)

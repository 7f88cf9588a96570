"""A small AMI server: queues and their members, as far as `ivr agent` and `ivr doctor` ask of them."""

import socketserver
import sys
import threading
from collections.abc import Iterator

QUEUES = ("intake", "inquiry", "complaint")
SECRET = "the-secret"
Fields = dict[str, str]


class AmiServer(socketserver.ThreadingTCPServer):
    """Answers on a free port of loopback until closed."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, denied: tuple[str, ...] = ("Command", "Originate", "GetConfig")) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.members: dict[tuple[str, str], Fields] = {}
        self.denied = denied
        self.device = "1"
        self.port = int(self.server_address[1])
        self._thread = threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Ends the server."""
        self.shutdown()
        self.server_close()
        self._thread.join()

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away in the midst of an answer is no fault of the server's."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]

    def answer(self, asked: Fields) -> Iterator[Fields]:
        """The messages that answer an action."""
        action = asked["action"]
        if action in self.denied:
            yield _error("Permission denied")
        elif action == "Login":
            good = asked["secret"] == SECRET
            yield _success("Authentication accepted") if good else _error("Authentication failed")
        elif action == "QueueStatus":
            yield _success("Queue status will follow") | {"EventList": "start"}
            for queue in QUEUES:
                yield {"Event": "QueueParams", "Queue": queue}
            yield from self.members.values()
            yield {"Event": "QueueStatusComplete", "EventList": "Complete"}
        else:
            yield getattr(self, f"_{action.lower()}", self._done)(asked)

    def _queueadd(self, asked: Fields) -> Fields:
        key = (asked["queue"], asked["interface"])
        if key in self.members:
            return _error("Unable to add interface: Already there")
        self.members[key] = {
            "Event": "QueueMember", "Queue": key[0], "Location": key[1], "Name": asked["membername"],
            "StateInterface": asked["stateinterface"], "Status": self.device, "Paused": "0", "PausedReason": "",
        }  # fmt: skip
        return _success("Added interface to queue")

    def _queueremove(self, asked: Fields) -> Fields:
        gone = self.members.pop((asked["queue"], asked["interface"]), None)
        return _success("Removed") if gone else _error("Unable to remove interface: Not there")

    def _queuepause(self, asked: Fields) -> Fields:
        member = self.members[asked["queue"], asked["interface"]]
        member["Paused"] = "1" if asked["paused"] == "true" else "0"
        member["PausedReason"] = asked.get("reason", "")
        return _success("Interface paused successfully")

    def _done(self, _asked: Fields) -> Fields:
        return _error("No such channel")


class _Session(socketserver.StreamRequestHandler):
    server: AmiServer

    def handle(self) -> None:
        self.wfile.write(b"Asterisk Call Manager/11.0.0\r\n")
        asked: Fields = {}
        for line in self.rfile:
            name, _, value = line.decode().strip().partition(": ")
            if name:
                asked[name.lower()] = value
                continue
            if asked.get("action") == "Logoff":
                self._send({"Response": "Goodbye"}, asked)
                return
            for message in self.server.answer(asked):
                self._send(message, asked)
            asked = {}

    def _send(self, message: Fields, asked: Fields) -> None:
        lines = {**message, "ActionID": asked.get("actionid", "")}
        self.wfile.write("".join(f"{name}: {value}\r\n" for name, value in lines.items()).encode() + b"\r\n")


def _success(text: str) -> Fields:
    return {"Response": "Success", "Message": text}


def _error(text: str) -> Fields:
    return {"Response": "Error", "Message": text}

"""A telephone that does one thing: it registers (RFC 3261 with digest after RFC 2617), and says what it was told."""

import hashlib
import re
import socket
import uuid

PATIENCE = 10.0
TRIES = 5


def registered(port: int, user: str, secret: str) -> int:
    """The status of the answer to REGISTER, after the challenge."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
        own.bind(("127.0.0.1", 0))
        own.settimeout(PATIENCE / TRIES)
        call = uuid.uuid4().hex
        challenge = _asked(own, port, _register(own, port, user, call, 1))
        if _status(challenge) != 401:
            return _status(challenge)
        uri = f"sip:127.0.0.1:{port}"
        realm, nonce = (re.search(rf'{name}="([^"]*)"', challenge) for name in ("realm", "nonce"))
        assert realm
        assert nonce
        first, second = _md5(f"{user}:{realm[1]}:{secret}"), _md5(f"REGISTER:{uri}")
        response = _md5(f"{first}:{nonce[1]}:00000001:ab:auth:{second}")
        proof = (
            f'Authorization: Digest username="{user}", realm="{realm[1]}", nonce="{nonce[1]}", uri="{uri}",'
            f' response="{response}", algorithm=MD5, qop=auth, nc=00000001, cnonce="ab"\r\n'
        )
        opaque = re.search(r'opaque="([^"]*)"', challenge)
        proof = proof.replace(", algorithm", f', opaque="{opaque[1]}", algorithm') if opaque else proof
        return _status(_asked(own, port, _register(own, port, user, call, 2, proof)))


def _register(own: socket.socket, port: int, user: str, call: str, number: int, more: str = "") -> bytes:
    here = own.getsockname()[1]
    return (
        f"REGISTER sip:127.0.0.1:{port} SIP/2.0\r\n"
        f"Via: SIP/2.0/UDP 127.0.0.1:{here};branch=z9hG4bK{call}{number};rport\r\n"
        f"Max-Forwards: 70\r\nFrom: <sip:{user}@127.0.0.1>;tag={call[:8]}\r\nTo: <sip:{user}@127.0.0.1>\r\n"
        f"Call-ID: {call}\r\nCSeq: {number} REGISTER\r\nContact: <sip:{user}@127.0.0.1:{here}>;expires=60\r\n"
        f"{more}Content-Length: 0\r\n\r\n"
    ).encode()


def _asked(own: socket.socket, port: int, message: bytes) -> str:
    """The final answer; the message is sent again where none comes."""
    for _ in range(TRIES):
        own.sendto(message, ("127.0.0.1", port))
        try:
            while True:
                answer = own.recv(65536).decode()
                if answer.startswith("SIP/2.0 ") and _status(answer) >= 200:
                    return answer
        except TimeoutError:
            continue
    raise AssertionError(f"no answer to REGISTER on port {port} within {PATIENCE:g} s")


def _status(answer: str) -> int:
    return int(answer.split(" ", 2)[1])


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()

"""The services that flows ask: each answers, takes the secret that is sent, and others cannot read that."""

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ivr.doctor import Finding
from ivr.doctor.machine import PRIVATE
from ivr.services import Unanswered
from ivr.settings import Settings

if TYPE_CHECKING:
    from ivr.web import Web

SECONDS = 5.0
"""How long a service may take to answer."""
REFUSED = (401, 403)


def services(settings: Settings) -> Iterator[Finding]:
    """Every service of the setting `services`, asked at its address as it stands there, all at once."""
    secrets = settings.data / "services"
    for file in sorted(secrets.glob("*.token")):
        if file.stat().st_mode & PRIVATE:
            yield Finding("services", f"others can read {file}", f"chmod 600 {file}")
    if settings.service_addresses:
        yield from asyncio.run(_all(settings))


async def _all(settings: Settings) -> list[Finding]:
    from ivr.web import Web  # here, because without services its package is not loaded

    web = Web(settings.data / "services")
    try:
        return list(await asyncio.gather(*(_one(web, *one) for one in settings.service_addresses.items())))
    finally:
        await web.close()


async def _one(web: "Web", name: str, address: str) -> Finding:
    try:
        status = await web.status(name, address, SECONDS)
    except Unanswered as why:
        text = f"the service `{name}` does not answer at {address} ({why})"
        return Finding("services", text, "start it, or mend its address in the setting `services`")
    if status in REFUSED:
        mend = f"put the secret it wants into the file services/{name}.token of the data folder"
        return Finding("services", f"the service `{name}` refuses the line ({status})", mend)
    if status >= 500:
        return Finding("services", f"the service `{name}` has an error of its own ({status})", "see to the service")
    return Finding("services", f"`{name}` answers at {address}")

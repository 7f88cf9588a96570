"""What this house has that a flow may name: read from the prompts, the settings and Asterisk's files."""

from functools import partial

from ivr import desks, queues
from ivr.audio.catalogue import Catalogue
from ivr.audio.catalogue import load as load_catalogue
from ivr.check import House
from ivr.promptlengths import longest
from ivr.settings import Settings


def house_of(settings: Settings, catalogue: Catalogue | None = None) -> House:
    """All of it; raises Faults where the prompts' texts cannot be read."""
    said = catalogue or load_catalogue(settings.prompts)
    prompts = {
        language: frozenset(prompt.id for prompt in said.built() if prompt.language == language)
        for language in said.languages
    }
    services, sounds = frozenset(settings.service_addresses), settings.data / "sounds"
    return House(prompts, settings.language, queues.names(), desks.names(), services, partial(longest, sounds))

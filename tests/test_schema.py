"""The JSON Schema of flow files: what the reader takes, it takes; common mistakes it shows while one types."""

import json

import jsonschema
import pytest
import yaml

from ivr.native import HOME
from ivr.queues import names
from ivr.schema import schema
from tests.calling import HOTLINE

SCHEMA = schema(names())
FILES = [HOME / "ivr/flows/hotline.yaml", HOME / "tests/flows/policy.yaml", HOME / "tests/flows/office.yaml"]


def read(text: str):
    """A flow as an editor reads it: keys are names, whatever they look like."""

    def named(value):
        return {str(key): named(one) for key, one in value.items()} if isinstance(value, dict) else value

    return named(yaml.safe_load(text))


def test_it_is_a_schema_and_the_one_that_is_kept():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    kept = json.loads((HOME / "ivr/flows/flow.schema.json").read_text())
    assert kept == SCHEMA, "run `ivr check --schema > ivr/flows/flow.schema.json`"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_our_flows_fit_it(file):
    jsonschema.validate(read(file.read_text()), SCHEMA)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("start: greet", "begin: greet"),
        ("type: menu", "type: menue"),
        ("tries: 3", "tries: three"),
        ("wait: 5s", "wait: 5"),
        ("pause: 2s", "pause: soon"),
        ("sure: 80%", "sure: very"),
        ("queue: intake", "queue: intakes"),
        ("silence: no_sound", "quiet: no_sound"),
        ("no_answer: intake}", "no_answer: intake, 12: intake}"),
        ("mark: silent", "mark: quiet"),
        ("limits: {person: 2m", "limits: {agent: 2m"),
    ],
)
def test_mistakes_do_not_fit(old, new):
    assert old in HOTLINE.text
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(read(HOTLINE.text.replace(old, new)), SCHEMA)

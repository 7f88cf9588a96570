"""The command line in this process, on a data folder of its own."""

import io
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ivr.__main__ import main
from ivr.native import HOME
from ivr.settings import Settings, load
from ivr.store import Store


@dataclass(frozen=True)
class Ran:
    """What a command left."""

    code: int
    out: str
    err: str


Ivr = Callable[..., Ran]


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("IVR_DATA", str(tmp_path / "data"))
    return load()


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    store = Store(settings.database)
    yield store
    store.close()


@pytest.fixture
def ivr(settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ivr:
    def ran(*words: object, stdin: str = "") -> Ran:
        monkeypatch.setattr(sys, "argv", ["ivr", *map(str, words)])
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        try:
            code = main()
        except SystemExit as end:  # argparse's own faults, and --help
            code = int(end.code or 0)
        done = capsys.readouterr()
        return Ran(code, done.out, done.err)

    return ran


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shipped flow with its call scripts, in a folder of its own."""
    flows = tmp_path / "flows"
    shutil.copytree(HOME / "ivr/flows", flows)
    monkeypatch.setenv("IVR_FLOWS", str(flows))
    return flows / "hotline.yaml"

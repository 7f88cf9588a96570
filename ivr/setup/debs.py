"""Unpacks Debian packages into a folder of the project, without root and without touching the machine.

The archive's address comes from the machine's own apt set-up (`apt-get indextargets`), so no host name
stands in the project. apt runs on private state, checks signatures with the archive's keyring, and
resolves every dependency down to libc, because the packages come from a newer suite than the machine's.
"""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

Tell = Callable[[str], None]

SUITES = {"debian": ("testing", "unstable"), "ubuntu": ("devel",)}
"""Suites that carry Asterisk 22.10 or newer, best first, by the ID of /etc/os-release."""
COMPONENTS = {"debian": "main", "ubuntu": "main universe"}
"""The parts of a suite where everything that the line needs is."""


class SetupError(Exception):
    """One sentence for the person at the terminal: what is missing and what to do."""


def run(command: list[str], cwd: Path | None = None, environment: dict[str, str] | None = None) -> str:
    """The command's output, or a SetupError that quotes the last lines of what it said."""
    more = os.environ | (environment or {})
    done = subprocess.run(command, cwd=cwd, env=more, capture_output=True, text=True, check=False)
    if done.returncode:
        said = " / ".join((done.stderr or done.stdout).strip().splitlines()[-3:])
        raise SetupError(f"{command[0]} failed (exit {done.returncode}): {said}")
    return done.stdout


def distribution() -> str:
    """The distribution's ID, or the relative it names (ID_LIKE) that we know."""
    fields = dict(line.split("=", 1) for line in Path("/etc/os-release").read_text().splitlines() if "=" in line)
    names = (fields.get("ID", "") + " " + fields.get("ID_LIKE", "")).replace('"', "").split()
    for name in names:
        if name in SUITES:
            return name
    raise SetupError("this machine is neither Debian nor Ubuntu: install Asterisk 22 yourself and run again")


def archive() -> tuple[str, str]:
    """The address of the package archive this machine uses, and the keyring that signs it."""
    fields = "$(REPO_URI)\t$(COMPONENT)\t$(SIGNED_BY)"
    listed = run(["apt-get", "indextargets", "--format", fields, "Created-By: Packages"])
    for line in listed.splitlines():
        uri, component, keyring = [*line.split("\t"), "", ""][:3]
        if component == "main" and "security" not in uri:
            return uri, keyring if keyring.startswith("/") else _keyring()
    raise SetupError("apt knows no package archive: add one to /etc/apt/sources.list and run again")


def _keyring() -> str:
    folder = Path("/usr/share/keyrings")
    for name in ("debian-archive-keyring.gpg", "ubuntu-archive-keyring.gpg"):
        if (folder / name).exists():
            return str(folder / name)
    raise SetupError("the archive's keyring is missing: apt-get install debian-archive-keyring")


def unpack(packages: list[str], root: Path, tell: Tell) -> None:
    """Fetches `packages` and all they depend on, and unpacks them below `root`."""
    work = root.with_name(root.name + ".apt")
    uri, keyring = archive()
    kind, faults = distribution(), []
    for suite in SUITES[kind]:
        try:
            _fetch(packages, work, f"deb [signed-by={keyring}] {uri} {suite} {COMPONENTS[kind]}\n", tell)
            break
        except SetupError as fault:
            faults.append(f"{suite}: {fault}")
    else:
        raise SetupError("the packages could not be fetched: " + "; ".join(faults))
    debs = sorted((work / "cache/archives").glob("*.deb"))
    for number, deb in enumerate(debs, 1):
        tell(f"unpacking {number}/{len(debs)} {deb.name.split('_')[0]}")
        run(["dpkg-deb", "-x", str(deb), str(root)])
    shutil.rmtree(work)


def _fetch(packages: list[str], work: Path, source: str, tell: Tell) -> None:
    shutil.rmtree(work, ignore_errors=True)
    for folder in ("state/lists/partial", "cache/archives/partial", "etc"):
        (work / folder).mkdir(parents=True)
    (work / "etc/sources.list").write_text(source)
    (work / "state/status").touch()
    options = {
        "Dir::State": work / "state",
        "Dir::State::status": work / "state/status",
        "Dir::Cache": work / "cache",
        "Dir::Etc::SourceList": work / "etc/sources.list",
        "Dir::Etc::SourceParts": "-",
        "APT::Sandbox::User": "",
        "APT::Install-Recommends": "false",
        "Acquire::Languages": "none",
        "Acquire::Check-Valid-Until": "false",
        "Acquire::Retries": "3",
    }
    apt = ["apt-get", "-q", *(f"-o{key}={value}" for key, value in options.items())]
    tell("reading the package index")
    run([*apt, "update"])
    tell("fetching " + ", ".join(packages))
    run([*apt, "-y", "--download-only", "install", *packages])

"""`python3 -m ivr.setup [draw|editor|test|bench|corpus]`: everything a line needs, in folders of the project, once."""

import hashlib
import math
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from ivr.setup.debs import SetupError, run, unpack

HOME = Path(__file__).resolve().parents[2]
VENV = HOME / ".venv"
DEPS = HOME / ".deps"
LINE = ["asterisk", "asterisk-modules", "asterisk-moh-opsound-wav", "espeak-ng"]
"""What the line needs to run. espeak-ng is the stand-in for a speaker or a better synthesiser."""
TEST = ["asterisk-core-sounds-en-wav", "asterisk-prompt-it-menardi-wav", "asterisk-prompt-fr-armelle"]
"""Recorded voices for callers and agents in tests and in the demonstration."""
DRAW = ["graphviz", "fonts-wqy-microhei"]
"""Draws flows as SVG and PNG; a small font with all Chinese characters."""
BENCH = ["sip-tester"]
OLDEST = (3, 11)
"""The Python that the line needs at least."""
SYSTEM, CLEARLY = "/usr/bin/python3", 1.2
"""The machine's own Python, and how many times quicker it must be than the one that runs this."""
STEPS = """
import ensurepip, sys, time
def steps():
    begun, kept = time.process_time(), {}
    for number in range(40_000):
        kept[number % 100] = [str(number), *"a,b".split(",")]
    return time.process_time() - begun
print(*sys.version_info[:2], min(steps() for _ in range(5)))
"""
PYTHON = {"test", "editor", "train", "references"}
"""The extras of pyproject.toml."""
CORPUS = [
    "asterisk-core-sounds-es-wav",
    "fillets-ng-data-cs",
    "tuxpaint-stamps-default",
    "klettres-data",
    "pocketsphinx-testdata",
    "sox",
    "libsox-fmt-all",
    "libbcg729-0",
]
"""More recorded voices, and the codecs, for the corpus the listener is trained and tested on."""


def tell(text: str) -> None:
    """One line of progress; over itself on a terminal, plainly through a pipe."""
    said = _spoken(text)
    if sys.stdout.isatty():
        print(f"\r\033[K{said}", end="", flush=True)
    elif not text.startswith("unpacking") or text.startswith("unpacking 1/"):
        print(said, flush=True)


def stopped(text: str) -> None:
    """Why it did not come to its end."""
    print(f"\n{_spoken(text)}", file=sys.stderr)


def _spoken(text: str) -> str:
    """In the language of the locale; asked for late, since a Python older than is needed cannot load it."""
    from ivr.chinese import lines
    from ivr.language import of_locale

    return lines(text) if of_locale() == "zh" else text


def once(stamp: Path, content: str) -> bool:
    """Whether the work behind `stamp` must be done (again): never done, or `content` has changed."""
    return not stamp.exists() or stamp.read_text() != content


def packages(name: str, wanted: list[str]) -> None:
    """Unpacks `wanted` into .deps/NAME, in one move, so a broken download leaves nothing half-done."""
    root, stamp, content = DEPS / name, DEPS / f"{name}.stamp", " ".join(wanted)
    if not once(stamp, content):
        return
    fresh = DEPS / f"{name}.new"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    started = time.monotonic()
    unpack(wanted, fresh, tell)
    shutil.rmtree(root, ignore_errors=True)
    fresh.rename(root)
    stamp.write_text(content)
    tell(f"{name}: ready after {time.monotonic() - started:.0f} s\n")


def environment(extras: str) -> None:
    """The virtual environment with the pinned packages of pyproject.toml."""
    project = HOME / "pyproject.toml"
    content = hashlib.sha256(project.read_bytes()).hexdigest() + sys.version + extras
    stamp = VENV / "stamp"
    if not once(stamp, content):
        return
    python, begun = VENV / "bin/python", DEPS / "environment.begun"
    if begun.exists():  # it was broken off: what is there may be half of something
        shutil.rmtree(VENV, ignore_errors=True)
    begun.touch()
    if not python.exists():
        base = quickest(sys.executable, SYSTEM)
        tell(f"creating the virtual environment with {base}")
        _create(base)
    tell("installing the Python packages")
    target = f"{HOME}[{extras}]" if extras else str(HOME)
    run([str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", "-e", target])
    stamp.write_text(content)
    begun.unlink()
    tell("Python packages: ready\n")


def quickest(first: str, other: str) -> str:
    """`first`, unless the other Python is new enough and takes clearly less time: every call is served in it.

    Debian builds its own with profile-guided optimisation; many that are built from source take half as much again.
    """
    seconds = {one: _measured(one) for one in (first, other)}
    return other if seconds[other] * CLEARLY < seconds[first] else first


def _measured(python: str) -> float:
    """Seconds for a few small steps; endless where it is too old, cannot make environments, or is not there."""
    if not shutil.which(python):
        return math.inf
    said = subprocess.run([python, "-c", STEPS], capture_output=True, text=True, check=False).stdout
    try:
        major, minor, seconds = said.split()
        return float(seconds) if (int(major), int(minor)) >= OLDEST else math.inf
    except ValueError:
        return math.inf


def _create(base: str) -> None:
    shutil.rmtree(VENV, ignore_errors=True)
    try:
        run([base, "-m", "venv", str(VENV)])
    except SetupError:
        _create_without_ensurepip(base)


def _create_without_ensurepip(base: str) -> None:
    """Debian's python3 lacks pip in venv: take pip from its wheel package, without root."""
    shutil.rmtree(VENV, ignore_errors=True)
    run([base, "-m", "venv", "--without-pip", str(VENV)])
    wheels = DEPS / "pip"
    wheels.mkdir(parents=True, exist_ok=True)
    run(["apt-get", "-q", "download", "python3-pip-whl"], cwd=wheels)
    run(["dpkg-deb", "-x", str(next(wheels.glob("python3-pip-whl*.deb"))), str(wheels)])
    wheel = next((wheels / "usr/share/python-wheels").glob("pip-*.whl"))
    run([str(VENV / "bin/python"), f"{wheel}/pip", "install", "-q", "--disable-pip-version-check", "pip", "setuptools"])


def helper() -> None:
    """The compiled helper of the line's hearing, where there is a C compiler; else numpy does the same, slower."""
    folder, made = HOME / "ivr/audio/hearing", DEPS / "hearing.so"
    sources = sorted(folder.glob("*.c"))
    compiler = shutil.which("cc") or shutil.which("gcc")
    read = b"".join(map(Path.read_bytes, (*sources, *sorted(folder.glob("*.h")))))
    stamp, content = DEPS / "hearing.stamp", hashlib.sha256(read).hexdigest()
    if not once(stamp, content):
        return
    made.unlink(missing_ok=True)  # it belongs to another source
    if not compiler:
        return
    fresh = made.with_suffix(".new")
    # what -ffast-math means but for its start-up code, which would change the arithmetic of the whole process
    loose = ["-fno-math-errno", "-fno-trapping-math", "-fno-signed-zeros", "-fassociative-math", "-ffinite-math-only"]
    try:
        run([compiler, "-O3", *loose, "-Wno-psabi", "-shared", "-fPIC", "-o", str(fresh), *map(str, sources), "-lm"])
    except SetupError as fault:
        tell(f"the hearing's helper could not be compiled, numpy does its work: {fault}\n")
        return
    fresh.rename(made)
    stamp.write_text(content)


def drawing() -> None:
    """What Graphviz's own installation would do: note its plug-ins, and where the unpacked fonts are."""
    root = DEPS / "draw"
    fonts = f"<dir>{root}/usr/share/fonts</dir><cachedir>{root}/fontcache</cachedir>"
    head = '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">'
    (root / "fonts.conf").write_text(f"{head}<fontconfig>{fonts}</fontconfig>\n")
    plugins = next((root / "usr/lib").glob("*/graphviz"))
    loader = next((root / "usr/lib").glob("*/ld-linux-*.so.*"))
    command = [str(loader), "--library-path", str(loader.parent), str(root / "usr/bin/dot"), "-c"]
    run(command, environment={"GVBINDIR": str(plugins)})


def fitting_asterisk() -> bool:
    """Whether the machine's own Asterisk has what the line needs: 22.10 or newer, with AudioSocket and queues."""
    own = os.environ.get("IVR_ASTERISK") or shutil.which("asterisk", path="/usr/sbin:/usr/bin")
    if not own:
        return False
    said = subprocess.run([own, "-V"], capture_output=True, text=True, check=False).stdout
    digits = "".join(char if char.isdigit() else " " for char in said).split()
    modules = [*Path("/usr/lib").glob("*/asterisk/modules"), Path("/usr/lib/asterisk/modules")]
    needed = ("app_audiosocket.so", "app_queue.so", "chan_pjsip.so", "bridge_softmix.so")
    return (
        len(digits) > 1
        and (int(digits[0]), int(digits[1])) >= (22, 10)
        and any(all((folder / name).exists() for name in needed) for folder in modules)
    )


def main() -> int:
    if sys.version_info < OLDEST:
        own = sys.version.split()[0]
        print(f"Python 3.11 or newer is needed, this is {own}. 需要 Python 3.11 或更新的版本。", file=sys.stderr)
        return 1
    extras = set(sys.argv[1:])
    DEPS.mkdir(exist_ok=True)
    try:
        tested = {"test", "editor"} if extras & {"test", "bench", "corpus"} else set()
        environment(",".join(sorted((extras & PYTHON) | tested)))
        helper()
        packages("root", [p for p in LINE if not (fitting_asterisk() and p in LINE[:2])])
        if extras & {"test", "bench", "demo", "corpus"}:
            packages("voices", TEST)
        if extras & {"test", "draw"}:
            packages("draw", DRAW)
            drawing()
        if "bench" in extras:
            packages("bench", BENCH)
        if "corpus" in extras:
            packages("corpus", CORPUS)
    except SetupError as fault:
        stopped(f"set-up stopped: {fault}")
        return 1
    except KeyboardInterrupt:
        stopped("set-up stopped: the same command goes on where it was broken off")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())

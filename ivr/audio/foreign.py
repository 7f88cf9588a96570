"""Sound files that are no WAV, decoded by ffmpeg: MP3, Ogg, FLAC, M4A and whatever else it knows.

Not through pydub, which reads spoiled headers itself and trips over them in many ways, and needs ffprobe too.
"""

import shutil
import subprocess
from pathlib import Path


class NoFfmpeg(Exception):
    """There is no ffmpeg on this machine."""


class NotUnderstood(ValueError):
    """ffmpeg finds no sound in the file."""


def decoded(path: Path, rate: int) -> bytes:
    """One channel of 16-bit samples at `rate`; the whole file in memory."""
    program = shutil.which("ffmpeg")
    if program is None:
        raise NoFfmpeg
    # file: and the list of protocols, so that no file can have another one, or an address, opened
    asked = [program, "-v", "error", "-nostdin", "-protocol_whitelist", "file,pipe", "-i", f"file:{path}"]
    wanted = ["-map", "0:a:0", "-ac", "1", "-ar", str(rate), "-f", "s16le", "pipe:1"]
    done = subprocess.run([*asked, *wanted], capture_output=True, check=False)
    if done.returncode and not done.stdout:
        raise NotUnderstood
    return done.stdout

"""Synthetic speakers: short sentences spoken by espeak-ng."""

import io
import subprocess
import wave
from pathlib import Path

import numpy as np

from tests.corpus.decode import resampled
from tests.corpus.model import Floats
from tests.corpus.places import ROOTS, tool, warn

SENTENCES = {
    "cmn": (
        "wei2",
        "ni3 hao3",
        "wei2 ni3 hao3",
        "you3 ren2 ma5",
        "shi4 de5",
        "ting1 de5 jian4 ma5",
        "wo3 yao4 bao4 an4",
        "wo3 de5 che1 bei4 zhuang4 le5",
        "qing3 wen4 bao3 xian3 zen3 me5 pei2",
        "wo3 zai4 gao1 su4 gong1 lu4 shang4",
        "che1 pai2 hao4 shi4 jing1 a1 yi1 er4 san1 si4 wu3",
        "wo3 xiang3 zi1 xun2 yi1 xia4",
        "ma2 fan5 ni3 bang1 wo3 cha2 yi1 xia4",
        "jin1 tian1 zao3 shang5 xia4 da4 yu3 lu4 hen3 hua2",
    ),
    "en": (
        "Hello",
        "Yes",
        "Hello, is anybody there?",
        "I want to report an accident.",
        "My car was hit on the road this morning.",
        "Can you hear me now?",
        "My policy number is four five nine two.",
        "Please help me, I am on the motorway.",
        "The other driver left before the police came.",
    ),
    "de": (
        "Ja",
        "Hallo",
        "Hallo, ist da jemand?",
        "Ich möchte einen Unfall melden.",
        "Mein Wagen steht auf der Autobahn.",
        "Können Sie mich hören?",
        "Die Nummer ist sieben neun drei zwei.",
    ),
    "es": (
        "Sí",
        "Hola",
        "Hola, ¿hay alguien ahí?",
        "Quiero dar parte de un accidente.",
        "Mi coche está parado en la autopista.",
        "¿Me oye usted ahora?",
        "El número es cinco ocho uno siete.",
    ),
}
"""What each language's speakers say; Mandarin in numbered pinyin."""


def spoken(voice: str) -> list[Floats]:
    """All sentences of a voice such as "en+m3"; empty where there is no espeak-ng."""
    command = tool("espeak-ng")
    if command is None:
        warn("espeak-ng is missing: no synthetic speakers")
        return []
    home = next((path.parent for root in ROOTS for path in root.glob("usr/lib/*/espeak-ng-data")), Path("."))
    speeds = (150, 180)
    asked = [*command, f"--path={home}", "--stdout", "-v", voice]
    texts = SENTENCES[voice.split("-")[0].split("+")[0]]
    return [_said([*asked, "-s", str(speeds[i % 2]), text]) for i, text in enumerate(texts)]


def _said(command: list[str]) -> Floats:
    told = subprocess.run(command, capture_output=True, check=True).stdout
    with wave.open(io.BytesIO(told[:44])) as head:
        rate = head.getframerate()
    return resampled(np.frombuffer(told[44 : 44 + (len(told) - 44) // 2 * 2], "<i2") / 32768.0, rate)

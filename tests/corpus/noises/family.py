"""What a family of noise is."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.corpus.model import Floats, Scene


@dataclass(frozen=True)
class Family:
    """A kind of noise with its maker; `drowns` where it is broad enough to bring a weighted SNR below −3 dB."""

    name: str
    split: str
    make: Callable[[Scene], Floats]
    drowns: bool = True

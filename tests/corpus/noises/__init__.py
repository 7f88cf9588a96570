"""The families of noise, each in one split only: `families(split)` names them, `noise` makes one."""

from tests.corpus.model import SPLITS, Floats, Scene
from tests.corpus.music import TRACKS, recorded
from tests.corpus.noises.electric import (
    bells,
    crackle,
    gsm_buzz,
    heterodyne,
    ignition,
    mains,
    scratches,
    sferics,
    static,
    whistles,
)
from tests.corpus.noises.family import Family
from tests.corpus.noises.machines import engine, fan, hammering, keyboard, rails, rotor, siren
from tests.corpus.noises.places import (
    cafe,
    canteen,
    coloured_noise,
    crowd,
    gusts,
    party,
    rain,
    street,
    surf,
    table_talk,
    wind,
)
from tests.corpus.noises.textures import shower, texture
from tests.corpus.talk import babble

__all__ = ["FAMILIES", "drowning", "families", "noise"]


def _babble(scene: Scene) -> Floats:
    """Six to fourteen voices of the split at once."""
    return babble(scene, int(scene.chance.integers(6, 15)))


FAMILIES = (
    Family("coloured", "train", coloured_noise),
    Family("static", "train", static),
    Family("street", "train", street),
    Family("engine", "train", engine),
    Family("rain", "train", rain),
    Family("cafe", "train", cafe),
    Family("canteen", "train", canteen),
    Family("table talk", "train", table_talk),
    Family("gusts", "train", gusts),
    Family("heterodyne", "train", heterodyne),
    Family("bells", "train", bells, drowns=False),
    Family("hammering", "train", hammering),
    Family("fan", "train", fan),
    Family("keyboard", "train", keyboard),
    Family("gsm buzz", "train", gsm_buzz),
    Family("ignition", "train", ignition),
    Family("sferics", "train", sferics),
    Family("texture", "train", texture),
    Family("shower", "train", shower),
    Family(f"music {TRACKS['train']}", "train", recorded),
    Family("rails", "tune", rails),
    Family("surf", "tune", surf),
    Family("party", "tune", party),
    Family("scratches", "tune", scratches),
    Family("whistles", "tune", whistles, drowns=False),
    Family(f"music {TRACKS['tune']}", "tune", recorded),
    Family("wind", "test", wind),
    Family("babble", "test", _babble),
    Family("crackle", "test", crackle),
    Family("mains", "test", mains),
    Family("siren", "test", siren, drowns=False),
    Family("rotor", "test", rotor),
    Family("crowd", "test", crowd),
    Family(f"music {TRACKS['test']}", "test", recorded),
)
BY_NAME = {family.name: family for family in FAMILIES}


def families(split: str) -> tuple[str, ...]:
    """The families of a split."""
    if split not in SPLITS:
        raise ValueError(f"no such split: {split}")
    return tuple(family.name for family in FAMILIES if family.split == split)


def drowning(split: str) -> tuple[str, ...]:
    """Those that can drown a voice: music is no noise, it is a line on hold."""
    return tuple(name for name in families(split) if BY_NAME[name].drowns and not name.startswith("music"))


def noise(scene: Scene, name: str) -> Floats:
    """Noise of a family, at 0 dBov."""
    return BY_NAME[name].make(scene)

"""The language in which commands speak to whoever types them: Chinese or English, by the locale."""

import os
from collections.abc import Mapping

LANGUAGES = ("zh", "en")
_NAMES = ("LC_ALL", "LC_MESSAGES", "LANG")


def of_locale(environment: Mapping[str, str] = os.environ) -> str:
    """`zh` where the first locale that is set begins so, as gettext would have it; else `en`."""
    named = next((environment[name] for name in _NAMES if environment.get(name)), "")
    return "zh" if named.lower().startswith("zh") else "en"

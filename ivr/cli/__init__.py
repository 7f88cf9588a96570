"""The commands of `ivr`, one file each: `arguments(parser)` and `run(options) -> exit code`.

Modules with a leading underscore are what several commands share.
"""


class Sorry(Exception):
    """A command cannot do what was asked; one sentence with what to do instead."""

"""The commands of `ivr`, one file each: `arguments(parser)` and `run(options) -> exit code`."""

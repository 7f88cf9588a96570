"""Shared by all tests: a failing random example is the same one on the next run."""

from hypothesis import settings

settings.register_profile("ivr", derandomize=True, print_blob=True)
settings.load_profile("ivr")

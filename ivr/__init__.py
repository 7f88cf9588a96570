"""The 95585 hotline engine: a call-flow controller for Asterisk 22 over FastAGI and AMI."""

ENGINE = 1
"""Version of the event and command grammar; a journal written by another version is not replayed."""

"""The 95585 hotline engine: a call-flow controller for Asterisk 22 over FastAGI and AMI."""

import os

ENGINE = 1
"""Version of the event and command grammar; a journal written by another version is not replayed."""

# before numpy is first imported: its products here are so small that threads of its own only cost
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

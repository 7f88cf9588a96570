"""Grows the forest of the line's hearing from the corpus: `python -m tests.training`."""

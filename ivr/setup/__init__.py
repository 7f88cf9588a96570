"""Sets up a fresh machine: virtual environment, Python packages, Asterisk. Standard library only."""

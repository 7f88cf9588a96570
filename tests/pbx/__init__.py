"""The port on Asterisk: the parts that need none."""

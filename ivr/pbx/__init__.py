"""The port on Asterisk: its process and files, AGI, AMI, AudioSocket. Knows events and commands, never flows."""

"""The outside world for demonstrations and tests: a second Asterisk as public network and agents' phones."""

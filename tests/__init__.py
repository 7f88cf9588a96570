"""Tests, laid out as ivr/ is."""

"""What things cost: programs that print figures, and no tests."""

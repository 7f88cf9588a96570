"""Flow files in an ordinary editor: mistakes while one types, names to choose from, their meaning, their places."""

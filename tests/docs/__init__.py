"""The pages say what the code does: tables, commands, links, names and examples are held to it."""

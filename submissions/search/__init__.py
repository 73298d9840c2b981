"""The search of the console: its grammar, and what each field means in the tables."""

"""What the pages read: few queries each, nothing is written here."""

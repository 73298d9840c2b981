"""System checks: a wrong configuration stops the start and names the setting and the fix."""

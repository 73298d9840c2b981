"""Made-up history for measuring and trying out: `manage.py seed_load`."""

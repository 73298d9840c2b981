"""Knowledge of who rewrites links and how: tables of rules, one module per trade."""

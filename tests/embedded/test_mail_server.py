"""The embedded mail server keeps what a real one keeps: every mailbox test runs on it as well."""

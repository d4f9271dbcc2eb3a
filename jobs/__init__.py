"""Spark batch jobs, one module per warehouse table; they start, do one window and end."""

"""Processes that never end: intake, gate, live, simulator (kafka-python)."""

"""The gate: what bridges write to `<feed>.raw` becomes accepted events or quarantine."""

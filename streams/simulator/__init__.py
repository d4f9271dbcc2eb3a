"""A simulated province that sends what the portal's sync sends: a pure function of settings, seed, time."""

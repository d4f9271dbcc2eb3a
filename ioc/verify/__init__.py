"""The checker: every figure written a second time, in plain SQL over stored events, without the kernel."""

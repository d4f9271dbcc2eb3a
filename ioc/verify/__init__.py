"""The checker: the second writing of every figure, in plain SQL over stored events. It shares no code with the kernel."""

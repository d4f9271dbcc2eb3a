"""The embedded stack: every part a child process of one supervisor, all of its state under IOC_HOME."""

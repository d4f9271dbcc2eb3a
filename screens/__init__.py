"""What operators see: the Starlette app, the hub of live figures, their queries, and the web files."""

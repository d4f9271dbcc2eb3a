"""From published months to a form of one agency, and from there to one that is signed."""

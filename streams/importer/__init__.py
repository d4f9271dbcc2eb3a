"""Files into the intake, the way an agency's events go."""

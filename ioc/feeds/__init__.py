"""What a data engineer does with feeds: begin one, try it on a sample, publish its events."""

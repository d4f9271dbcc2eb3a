"""Why a published figure is what it is: its cell, revisions and restatements, and the cases behind it."""

"""The live path: accepted and refused events of every feed into the warehouse, one transaction per poll."""

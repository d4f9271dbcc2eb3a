"""Promises as data: feeds, source mappings, warehouse tables, reference data, and the loader that reads them."""

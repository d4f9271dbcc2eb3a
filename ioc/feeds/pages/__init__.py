"""The catalogue of feeds: static pages, in Vietnamese and English side by side."""

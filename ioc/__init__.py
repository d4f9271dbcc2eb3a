"""The shared words of the product: kernel, admission, warehouse, settings, errors."""

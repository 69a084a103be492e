"""Seller authorization for marketplaces."""

"""Delivery of the published views to where they are read."""

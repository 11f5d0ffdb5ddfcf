"""Decides when and in what order; what is done is written elsewhere."""

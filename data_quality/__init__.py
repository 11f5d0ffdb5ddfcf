"""Checks at the two borders: what the vendors sent, and what is about to be published."""

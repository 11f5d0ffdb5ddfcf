"""A Salesforce org on loopback, played from the store's `sf_*` tables."""

from sandbox.salesforce.api import routes

__all__ = ["routes"]

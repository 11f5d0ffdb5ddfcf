"""Plays an org or a portal from a folder of exported tables; see EXPORT_FORMAT.md."""

from sandbox.exported.hubspot import load_hubspot
from sandbox.exported.salesforce import load_salesforce
from sandbox.exported.tables import ExportError

__all__ = ["ExportError", "load_hubspot", "load_salesforce"]

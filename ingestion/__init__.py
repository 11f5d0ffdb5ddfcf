"""CRM to landing to raw. Imports requests and duckdb, never dagster."""

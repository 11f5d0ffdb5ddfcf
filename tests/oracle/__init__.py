"""Every KPI a second time, in plain Python, from the invented company's own objects.

It shares no code with the models and never reads the warehouse: what it knows is what the CRMs can
show at the clock. `compare.py` is the one place that opens a published file.
"""

"""Well-known detectors that the line's own is compared with; each is `python -m tests.references.NAME FILE [FAR]`.

None of them is part of the product, none is tuned, and none looks at what the line itself played.
"""

"""How often a detector hears right: labelled clips, detectors to compare, the arithmetic, what a frame costs."""

"""The parts of the detector, one idea a file: bands, echo, gaps, the past, and the judgement over a window."""

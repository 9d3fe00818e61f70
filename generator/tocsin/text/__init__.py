"""Writers of the formats that the outputs are in."""

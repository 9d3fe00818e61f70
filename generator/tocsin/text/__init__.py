"""Writers that turn plain values into text: the same value gives the same bytes, everywhere."""

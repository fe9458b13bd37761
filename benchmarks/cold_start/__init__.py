"""Time to the first answer of the function."""

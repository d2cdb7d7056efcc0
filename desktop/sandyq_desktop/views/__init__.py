"""One module per view; views do not know each other."""

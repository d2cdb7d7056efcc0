"""Floor 7: questions and commands, one small desk per subject; the only door for window and command line."""

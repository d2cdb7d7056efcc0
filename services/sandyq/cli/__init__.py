"""Floor 8: argument parsing and printing, nothing else."""

"""Floor 1: the chain of hashes, checkpoints and who may do what."""

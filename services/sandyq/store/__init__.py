"""Floor 6: the one place that speaks SQL; append-only facts, the chain, one writer."""

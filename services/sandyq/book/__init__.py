"""Floor 1: what happened — transactions, lots, positions, cash, corporate actions — exact to the last unit."""

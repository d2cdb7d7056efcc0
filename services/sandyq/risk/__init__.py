"""Risk of the sleeve: scenarios of the past, value at risk, stresses, the probability of a breach. Pure."""

"""Floor 3: the coins behind each holding, by the best evidence there is, and how good that evidence is."""

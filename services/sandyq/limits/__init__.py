"""Floor 5: the mandate, its measures, headroom, and the check of an order before and after a trade."""

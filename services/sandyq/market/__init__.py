"""Floor 1: prices, coin references, exchange rates, calendars, splits and published facts, as of a day."""

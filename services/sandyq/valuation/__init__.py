"""Floor 2: what the book is worth on a day, in USD and KZT, and how fresh each price is."""

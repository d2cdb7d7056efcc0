"""Floor 6: reads files into values and findings; knows neither the store nor the book."""

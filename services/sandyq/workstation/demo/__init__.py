"""The demo book: generated from one seed, illustrative, marked DEMO. Real names, invented figures."""

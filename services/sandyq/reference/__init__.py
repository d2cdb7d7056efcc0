"""Floor 0: instruments, coins, venues and custodians, and how a name in a file finds them."""

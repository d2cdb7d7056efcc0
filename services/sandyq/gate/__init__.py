"""Floor 4: the entry gate — measurable tests of "the dust has settled", a state machine over them, and its replay."""

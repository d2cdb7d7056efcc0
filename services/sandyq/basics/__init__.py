"""Floor 0: exact numbers, texts that can be translated, findings, errors, provenance. Imports nothing of ours."""

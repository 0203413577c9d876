"""From two runs to pairs that may be shown: paired, scanned, held, settled, made gold, repeated."""

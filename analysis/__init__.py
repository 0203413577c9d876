"""Tables of judgments in, numbers out: NumPy, SciPy and pandas frames, no Django.

Importing the package loads nothing heavy; each estimator lives in the module named for it (`win_rate`,
`slices`, ...) and is described, with its source, in docs/statistics.md.
"""

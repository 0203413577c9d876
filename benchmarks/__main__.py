"""Runs every benchmark that needs nothing but this repository: `make bench`. Each runs alone too."""

from benchmarks import analysis, claims, full_job

if __name__ == "__main__":
    full_job.main(["--prompts", "40"])
    claims.main([])
    analysis.main([])

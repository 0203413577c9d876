"""Runs every benchmark that needs nothing but this repository: `make bench`. Each runs alone too."""

from benchmarks import analysis, claims, main_job

if __name__ == "__main__":
    main_job.main([])
    claims.main([])
    analysis.main([])

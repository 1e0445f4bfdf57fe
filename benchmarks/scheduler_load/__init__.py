"""The jobs that the scheduler's benchmarks run, as an app of their own."""

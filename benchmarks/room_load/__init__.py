"""What the benchmarks of live rooms run: the load, and the bare servers they are laid beside."""

"""What the benchmarks of the AI engine run: the fake providers in a process of their own, and LiteLLM's
Router in an environment of its own."""

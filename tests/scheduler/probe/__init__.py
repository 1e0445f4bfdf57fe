"""An app of jobs that do as their payload says, for tests and for the workers that tests start."""

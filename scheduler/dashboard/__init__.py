"""The pages: live figures, jobs, workflows as graphs, dead letters, workers, recurring jobs."""

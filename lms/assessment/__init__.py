"""Assessment: grading (pure), attempts, responses, results; append-only."""

"""What checkpoints answer: generation runs, their chunks, and the engine that computes them."""

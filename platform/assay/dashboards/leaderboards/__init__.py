"""Pages of results over many checkpoints: leaderboards by prompt set, and two checkpoints over all prompt sets."""

"""`make chaos`: learners review while what they review with is killed, cut off, filled up and restarted."""

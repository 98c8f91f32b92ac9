"""The task board and each task."""

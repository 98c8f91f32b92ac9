"""How a document leaves: mail, schedules and the status of runs."""

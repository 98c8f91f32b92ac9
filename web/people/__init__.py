"""People: signing in, their own account, who may come in."""

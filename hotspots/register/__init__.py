"""What a partnership has written down: deployments, visits and decisions."""

"""What a change does: who is notified differently, and which alerts were added, removed or changed."""

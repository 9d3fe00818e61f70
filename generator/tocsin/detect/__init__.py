"""What a file is, told by what it holds: alerting that is read, or something else that is named."""

"""What a file is, recognised by what it holds: alerting that is read, or something else that is named."""

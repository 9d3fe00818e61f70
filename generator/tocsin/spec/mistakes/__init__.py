"""What an author probably meant by a key or a value that the spec does not take."""

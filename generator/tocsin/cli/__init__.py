"""The command line: options in, one function called, its result shown; what is heavy is imported late."""

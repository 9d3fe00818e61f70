"""The cases of an alert, each a kind of data under which it has to fire or to stay silent."""

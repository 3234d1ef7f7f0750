"""Advisory feeds in, matches out: the orderings of versions, the database, and who is affected."""

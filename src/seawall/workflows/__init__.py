"""The verbs: the only place where rooms meet. Wiring, and no judgement."""

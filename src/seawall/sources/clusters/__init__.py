"""Clusters: `fields` is the table of facts, `az_json` reads what Azure answers, `costs` prices a change."""

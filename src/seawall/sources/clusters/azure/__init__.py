"""Live clusters: what Azure Resource Manager answers, read by the same reader as an export of it. Nothing is written.

Settings come from Azure Resource Manager (ARM), not from Azure Resource Graph (ARG), though ARG would need fewer calls:
- ARG "scrubs PII … you may not see the same result as if you made a GET request on your resource directly"
  (https://learn.microsoft.com/azure/governance/resource-graph/reference/supported-tables-resources): a property that is
  absent would no longer mean its default. Nor can the API version be chosen, or how old an answer may be.
- ARG leaves out in silence what the caller may not see; ARM answers 403, which can be reported.
- ARG has no maintenance configurations, diagnostic settings or deployment safeguards of AKS.

ARG does what only it can: it finds every role assignment in one question, and clusters that the lists do not show.

There is no `azure-mgmt-resourcegraph` here: its `resources` answers one page, leaving the rest to its caller, speaks
the API of 2021-03-01; it takes 100 ms to import; and its bytes would not pass through `seawall.safe`. `azure-identity`,
whose import takes 175 ms, gives the tokens, and is imported for nothing else.
"""

"""Bicep, read directly: text to tokens, to a tree, to the resources that it deploys."""

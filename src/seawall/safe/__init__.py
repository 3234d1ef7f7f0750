"""The only door for hostile bytes: every reader here bounds size, depth, count, ratio and path.

ruff bans the raw libraries everywhere else, so this is the one room to review and to fuzz.
"""

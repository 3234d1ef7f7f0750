"""Judgement on images."""

"""Seawall: is this AKS estate fit to run, what is not, and what is the cheapest way to fix it?"""

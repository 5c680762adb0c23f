"""Certificates: when one is earned, what it says, and the paper it is printed on."""

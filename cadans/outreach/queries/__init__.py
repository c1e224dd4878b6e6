"""Reads of mail and of whom it may go to, shared by the faces.

`suppression` tells which addresses are left alone.
"""

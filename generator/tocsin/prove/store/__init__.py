"""Proofs as files, for a spec and for plain files."""

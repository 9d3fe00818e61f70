"""Checks of what a cluster or a ruler takes of the outputs, where they are delivered to one."""

"""SLOs of OpenSLO, v1 and v1alpha, with the objects that they refer to.

The format is described in OpenSLO/OpenSLO, `README.md`; what it leaves open, such as the range of a query, is
taken as Sloth and the SDK of OpenSLO take it.
"""

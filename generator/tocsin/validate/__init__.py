"""Generated files in the real programs: does every alert load, fire, arrive, keep quiet and open?"""

from tocsin.validate.run import programs_for, validate

__all__ = ["programs_for", "validate"]

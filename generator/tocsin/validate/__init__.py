"""Generated files in the real programs: does every alert load, fire, arrive, keep quiet and open?"""

from tocsin.validate.run import validate

__all__ = ["validate"]

"""Random tests draw the same examples every time, so that a change is judged by itself.

`HYPOTHESIS_PROFILE=explore pytest …` draws new ones: what they find becomes a named test.
"""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))

"""A case's story in words, Vietnamese and English: the command line and the page tell the same lines."""

from __future__ import annotations

from ioc.story.lines import Line as Line
from ioc.story.speaker import LANGS as LANGS
from ioc.story.speaker import Lang as Lang
from ioc.story.speaker import Speaker as Speaker
from ioc.story.tell import Story as Story

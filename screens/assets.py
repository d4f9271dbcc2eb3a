"""The page's own files and npm's: read and gzipped once at start, served for ever under their common hash."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ioc.errors import Stop

WEB = Path(__file__).parent / "web"
FONT = "@fontsource/be-vietnam-pro/files/be-vietnam-pro-{subset}-{weight}-normal.woff2"
SUBSETS, WEIGHTS = ("latin", "vietnamese"), (400, 600)
FROM_NPM = {"echarts.js": "echarts/dist/echarts.esm.min.mjs"} | {
    f"fonts/{subset}-{weight}.woff2": FONT.format(subset=subset, weight=weight)
    for subset in SUBSETS
    for weight in WEIGHTS
}
KINDS = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
PACKED = {".woff2"}  # compressed already


@dataclass(frozen=True)
class Asset:
    plain: bytes
    zipped: bytes | None
    kind: str


@dataclass(frozen=True)
class Assets:
    """`release`: the hash that stands in every address, so that a changed file has another address."""

    release: str
    files: dict[str, Asset]
    pages: dict[str, bytes]


def npm_folder(given: str) -> Path:
    """Where npm put ECharts and the font: the setting, else the repository, else the present folder."""
    tried = [Path(given)] if given else [WEB.parents[1] / "node_modules", Path.cwd() / "node_modules"]
    for folder in tried:
        if (folder / FROM_NPM["echarts.js"]).exists():
            return folder
    raise Stop(
        f"ECharts is not in {' or '.join(map(str, tried))}; run `make setup` (npm ci), "
        "or name the node_modules folder in IOC_SCREENS_MODULES"
    )


def load(npm: Path, web: Path = WEB) -> Assets:
    """Reads everything; a file that npm did not bring stops the start with its name."""
    sources = {
        path.relative_to(web).as_posix(): path for path in sorted(web.rglob("*")) if path.suffix in KINDS
    }
    for name, place in FROM_NPM.items():
        if not (npm / place).exists():
            raise Stop(f"{npm / place} is missing; run `make setup` (npm ci)")
        sources[name] = npm / place
    files = {name: packed(path.read_bytes(), path.suffix, name) for name, path in sources.items()}
    release = fingerprint([(name, asset.plain) for name, asset in sorted(files.items())])
    static = f"/static/{release}"
    pages = {p.name: p.read_text().replace("{static}", static).encode() for p in web.glob("*.html")}
    return Assets(release, files, pages)


def packed(content: bytes, suffix: str, name: str) -> Asset:
    kind = KINDS[Path(name).suffix]
    return Asset(content, None if suffix in PACKED else gzip.compress(content, 9, mtime=0), kind)


def fingerprint(files: Sequence[tuple[str, bytes]]) -> str:
    """16 hex characters over names and contents."""
    digest = hashlib.sha256()
    for name, content in files:
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()[:16]

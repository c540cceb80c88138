"""Every link of a built site: does the file exist, does the anchor, and does nothing load from another host?"""

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

LOADS = {"img": "src", "script": "src", "iframe": "src", "source": "src", "video": "src", "link": "href"}
"""The attribute by which an element loads something as soon as the page is read."""


class Links(HTMLParser):
    """The links and the anchors of one page."""

    def __init__(self, text):
        super().__init__()
        self.loaded, self.followed, self.anchors = [], [], set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.anchors |= {found[name] for name in ("id", "name") if found.get(name)}
        if found.get(LOADS.get(tag)):
            self.loaded.append(found[LOADS[tag]])
        elif tag == "a" and "href" in found:
            self.followed.append(found["href"] or "")


def check(site):
    """Return (what is wrong, one line each; the addresses outside that its pages link to, sorted)."""
    site = Path(site).resolve()
    paths = [path for path in sorted(site.rglob("*.html")) if "_static" not in path.parts]  # the theme's templates
    pages = {path: Links(path.read_text(encoding="utf-8")) for path in paths}
    wrong, outside = [], set()
    for path, links in pages.items():
        name = path.relative_to(site)
        for link in (*links.loaded, *links.followed):
            parts = urlsplit(link)
            if parts.scheme == "data":
                continue
            if parts.scheme == "mailto" or parts.scheme or parts.netloc:
                outside.add(link)
                if link in links.loaded:
                    wrong.append(f"{name} loads {link} from another host")
                elif parts.scheme != "https" or "." not in parts.netloc or re.search(r"\s", link):
                    wrong.append(f"{name} links to {link}, which is no https address")
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if not target.is_relative_to(site) or not target.is_file():
                wrong.append(f"{name} links to {link}, which is not there")
            elif parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].anchors:
                wrong.append(f"{name} links to {link}, but that page has no such anchor")
    for path in sorted(site.rglob("*.css")):
        for link in re.findall(r"""url\(\s*["']?([^"')]+)|@import\s+["']([^"']+)""", path.read_text(encoding="utf-8")):
            parts = urlsplit(link := link[0] or link[1])
            if parts.scheme == "data" or link.startswith("#"):
                continue
            if parts.netloc or not (path.parent / unquote(parts.path)).is_file():
                wrong.append(f"{path.relative_to(site)} loads {link}, which is not there")
    return list(dict.fromkeys(wrong)), sorted(outside)

"""Random damage to alerts and feeds, and a watch over what reading them does.

Everything follows from a seed and a number, so that a case that failed can be made again.
"""

import encodings
import os
import signal
import socket
import sys
import tempfile
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from random import Random

from lxml import etree

CASES = int(os.environ.get("RENWANG_FUZZ", "400"))
SEED = 20260715
STEPS = 10.0  # seconds of processor time for one case; what is sound needs thousandths
SAMPLES = Path(__file__).parent / "cap"
SECRET = "what stands on this disk is nobody's business"

_TEXTS = (
    "", " ", "\t\n", "0", "-1", "1e308", "NaN", "9" * 5000, "1,2 3,4 5,6", "1,2 " * 5000, "91,181 0",
    "2026-02-30T10:00:00+08:00", "2026-07-15T24:00:00-00:00", "0000-01-01T00:00:00+00:00",
    "9999-12-31T23:59:59-14:00", "2026-07-15T10:00:00Z", "20260715100000", "2026-07-15 10:00:00+08:00",
    "Actual", "Alert", "Public", "Red", "红色", "解除", "a,b,c " * 50, "x,y,2026-07-15T10:00:00+08:00",
    "雨" * 3000, "\u202e反", "\U0001f30a", "&", "<", "]]>", "'\"", "%s{0}", "../../etc/passwd",
    "javascript:alert(1)", "http://[::1", "urn:x", "x" * 100_000, "某" + " " * 5000, "zh-CN-" * 40,
)  # fmt: skip
_BYTES = (
    b"\0",
    b"\xff\xfe",
    b"\xfe\xff",
    b"\xef\xbb\xbf",
    b"\x80",
    b"<",
    b">",
    b"&",
    b"]]>",
    b"<!--",
    b"<?",
)
_ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-7", "gb18030",
              "gb2312", "big5", "latin-1", "cp1252", "cp037", "shift_jis", "euc_kr", "hz")  # fmt: skip
_NAMESPACES = (
    "urn:oasis:names:tc:emergency:cap:1.2", "urn:oasis:names:tc:emergency:cap:1.1",
    "urn:oasis:names:tc:emergency:cap:1.0", "http://www.w3.org/2000/09/xmldsig#",
    "http://www.w3.org/2005/Atom", "http://www.w3.org/2001/XInclude", "",
)  # fmt: skip
_NAMES = (
    "alert",
    "info",
    "area",
    "sent",
    "identifier",
    "polygon",
    "Signature",
    "entry",
    "include",
    "résumé",
)


class Damage:
    """One random source, and everything that can be done to a message with it."""

    def __init__(self, number: int, samples: list[bytes], traps: list[str]):
        self.random = Random(f"{SEED}-{number}")
        self.samples = samples
        self.traps = traps

    def alert(self) -> bytes:
        """A sample with one to four things done to it."""
        data = self.random.choice(self.samples)
        for _ in range(self.random.choice((1, 1, 1, 2, 2, 3, 4))):
            way = self.random.choice(
                (self.bytes, self.bytes, self.tree, self.tree, self.encoding, self.entities)
            )
            data = way(data)[: 6 << 20]
        return data

    def feed(self) -> bytes:
        """An Atom or RSS feed put together at random, then perhaps damaged as well."""
        made = self._atom() if self.random.random() < 0.6 else self._rss()
        if self.random.random() < 0.5:
            made = self.random.choice((self.bytes, self.tree, self.encoding, self.entities))(made)
        return made

    def bytes(self, data: bytes) -> bytes:
        """Change, lose, double, cut or mix in some bytes."""
        one, other = sorted(self.random.randint(0, len(data)) for _ in range(2))
        other = min(other, one + self.random.choice((1, 3, 40, 4000)))
        match self.random.randint(0, 6):
            case 0:
                return data[:one]
            case 1:
                return data[:one] + data[other:]
            case 2:
                return (
                    data[:other] + data[one:other] * self.random.choice((1, 2, 30)) + data[other:]
                )
            case 3:
                return data[:one] + self.random.choice(_BYTES) + data[other:]
            case 4:
                return data[:one] + self.random.randbytes(self.random.randint(1, 9)) + data[one:]
            case 5:
                mixed = self.random.choice(self.samples)
                at = self.random.randint(0, len(mixed))
                return data[:one] + mixed[at : at + 2000] + data[one:]
        return data + data

    def tree(self, data: bytes) -> bytes:
        """Move, lose, double, rename, nest or fill elements; what is no tree any more stays as it is."""
        try:
            root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
        except (etree.XMLSyntaxError, ValueError):
            return data
        try:
            self._change(root)
            code = self.random.choice(("UTF-8", "UTF-16", "GB18030", "ASCII"))
            return etree.tostring(root, encoding=code)
        except (ValueError, etree.LxmlError):
            return data

    def _change(self, root) -> None:
        elements = [one for one in root.iter() if isinstance(one.tag, str)]
        chosen, other = self.random.choice(elements), self.random.choice(elements)
        parent = chosen.getparent()
        match self.random.randint(0, 7):
            case 0 if parent is not None:
                parent.remove(chosen)
            case 1 if parent is not None:
                for _ in range(self.random.choice((1, 2, 500))):
                    parent.append(etree.fromstring(etree.tostring(chosen, with_tail=False)))
            case 2:
                space = self.random.choice(_NAMESPACES) or "urn:x"
                chosen.tag = f"{{{space}}}{self.random.choice(_NAMES)}"
            case 3:
                chosen.text = self.random.choice(_TEXTS)
            case 4:
                chosen.set(self.random.choice(_NAMES), self.random.choice(_TEXTS)[:500])
            case 5:
                inner = chosen
                for _ in range(self.random.choice((3, 60, 300, 3000))):
                    inner = etree.SubElement(inner, chosen.tag)
            case 6 if other is not root and chosen not in other.iter():
                chosen.append(other)
            case _:
                chosen.tail = self.random.choice(_TEXTS)

    def encoding(self, data: bytes) -> bytes:
        """Write the same text in another encoding, with or without saying so."""
        text = data.decode("utf-8", "replace")
        code = self.random.choice(_ENCODINGS)
        if self.random.random() < 0.7:
            said = self.random.choice(
                (code, self.random.choice(_ENCODINGS), "x-none", "utf-8\u0000")
            )
            text = f'<?xml version="1.0" encoding="{said}"?>' + text.partition("?>")[2]
        return text.encode(code, self.random.choice(("ignore", "xmlcharrefreplace", "replace")))

    def entities(self, data: bytes) -> bytes:
        """Put in declarations, references and instructions that lead to files, hosts or without end."""
        trap = self.random.choice(self.traps)
        head = self.random.choice((
            f'<!DOCTYPE a [<!ENTITY x SYSTEM "{trap}">]>',
            f'<!DOCTYPE a SYSTEM "{trap}">',
            f'<!DOCTYPE a PUBLIC "-//x" "{trap}" [<!ENTITY % p SYSTEM "{trap}"> %p;]>',
            '<!DOCTYPE a [<!ENTITY x "ha">' + "".join(
                f'<!ENTITY x{n} "{f"&x{n - 1 or str()};" * 10}">' for n in range(1, 12)) + "]>",
            f'<?xml-stylesheet type="text/xsl" href="{trap}"?>',
            f'<?xml-model href="{trap}"?>',
            "<!-- -->" * self.random.choice((1, 2000)),
            "",
        ))  # fmt: skip
        inside = self.random.choice((
            "&x;", "&x11;", "&undefined;", "&#0;", "&#xD800;", "&#x110000;", "&amp;amp;", "<![CDATA[<alert>]]>",
            f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{trap}" parse="text"/>',
            f'<x xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:x {trap}"/>',
        ))  # fmt: skip
        text = data.decode("utf-8", "surrogateescape")
        start = text.find("?>") + 2 if text.startswith("<?xml") else 0
        places = [at for at in range(start, len(text)) if text[at] == ">"] or [start]
        at = self.random.choice(places) + 1
        text = text[:start] + head + text[start:at] + inside + text[at:]
        return text.encode("utf-8", "surrogateescape")

    # --- feeds ------------------------------------------------------------------

    def _entry(self) -> bytes:
        if self.random.random() < 0.5:
            return self.alert().partition(b"?>")[2] if self.random.random() < 0.8 else self.alert()
        link = self.random.choice((*self.traps, *_TEXTS[:40])).encode("utf-8", "replace")
        quoted = link.replace(b"&", b"&amp;").replace(b'"', b"&quot;").replace(b"<", b"&lt;")
        return b'<link type="application/cap+xml" href="' + quoted[:3000] + b'"/>'

    def _atom(self) -> bytes:
        entries = [
            b"<entry><id>%d</id><title>t</title><updated>x</updated>%s</entry>" % (n, self._entry())
            for n in range(self.random.choice((0, 1, 2, 5)))
        ] * self.random.choice((1, 1, 1, 200))
        body = b"".join(entries)[: 8 << 20]
        return b'<feed xmlns="http://www.w3.org/2005/Atom"><id>f</id>' + body + b"</feed>"

    def _rss(self) -> bytes:
        items = [
            b"<item><guid>%d</guid>%s</item>" % (n, self._entry())
            for n in range(self.random.choice((0, 1, 3)))
        ]
        return (
            b'<rss version="2.0"><channel><title>t</title>' + b"".join(items) + b"</channel></rss>"
        )


# --- the watch ------------------------------------------------------------------

_WATCHED = ("open", "socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "urllib.",
            "shutil.", "os.listdir", "os.remove", "ctypes.dlopen")  # fmt: skip
_TABLES = str(Path(encodings.__file__).parent)
_seen: list[str] | None = None


def _note(event: str, arguments: tuple) -> None:
    # The interpreter reads its own table for an encoding when it is first named.
    if (
        _seen is not None
        and event.startswith(_WATCHED)
        and not str(arguments[0]).startswith(_TABLES)
    ):
        _seen.append(f"{event} {arguments[:1]}")


sys.addaudithook(_note)  # it cannot be taken away again, and is quiet outside a watch


class Watch:
    """A host that nobody may ask, a file that nobody may read, and a count of what came of the cases."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.setblocking(False)
        self.folder = tempfile.TemporaryDirectory()
        secret = Path(self.folder.name) / "secret"
        secret.write_text(SECRET)
        port = self.listener.getsockname()[1]
        self.traps = [
            secret.as_uri(),
            str(secret),
            f"http://127.0.0.1:{port}/x",
            f"ftp://127.0.0.1:{port}/x",
        ]
        self.verdicts: Counter[str] = Counter()

    def was_asked(self) -> bool:
        """Did anybody connect?"""
        try:
            self.listener.accept()
        except BlockingIOError:
            return False
        return True

    def close(self) -> None:
        """Take host and file away."""
        self.listener.close()
        self.folder.cleanup()

    @contextmanager
    def over(self, label: str):
        """Watch one case: it opens nothing, asks nobody and ends."""
        global _seen

        def too_long(number: int, frame: object) -> None:
            raise AssertionError(f"{label} does not end")

        earlier = signal.signal(signal.SIGVTALRM, too_long)
        signal.setitimer(signal.ITIMER_VIRTUAL, STEPS)
        _seen = []
        try:
            yield
        finally:
            seen, _seen = _seen, None
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            signal.signal(signal.SIGVTALRM, earlier)
        assert not seen, f"{label}: {seen[:3]}"
        assert not self.was_asked(), f"{label} asked another host"

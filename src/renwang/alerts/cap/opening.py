"""Open XML that a stranger sent, without touching network or disk.

A document type declaration is refused before the parser sees it: no
alert needs one, and every entity attack needs one. The encodings are a
closed list in which `<` is always the byte or the pair of bytes it seems
to be, so the declaration cannot hide from that look.
"""

from __future__ import annotations

import codecs
import re

from lxml import etree

from .refusals import CapRefused, Reason

MEBIBYTE = 1024 * 1024
ALERT_LIMIT = 4 * MEBIBYTE
FEED_LIMIT = 32 * MEBIBYTE

_DECLARED = re.compile(r"<\?xml\s[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._:-]+)[\"']")
_PROLOGUE = re.compile(r"(?:\s++|<\?(?s:.*?)\?>|<!--(?s:.*?)-->)*+")
_UTF16 = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"<\0": "utf-16-le", b"\0<": "utf-16-be"}
_UTF8 = frozenset({"utf-8", "ascii"})
_SINGLE = re.compile(r"iso8859-\d+|cp125\d")
_CHINESE = frozenset({"gb18030", "gbk", "gb2312"})
_DOUBLE = frozenset({"big5", "cp950", "euc_jp", "euc_kr", "cp949"})

_UNFINISHED = frozenset(
    {
        etree.ErrorTypes.ERR_DOCUMENT_END,
        etree.ErrorTypes.ERR_TAG_NOT_FINISHED,
        etree.ErrorTypes.ERR_GT_REQUIRED,
        etree.ErrorTypes.ERR_COMMENT_NOT_FINISHED,
        etree.ErrorTypes.ERR_CDATA_NOT_FINISHED,
        etree.ErrorTypes.ERR_PI_NOT_FINISHED,
        etree.ErrorTypes.ERR_XMLDECL_NOT_FINISHED,
    }
)
_ENTITY = frozenset(
    {etree.ErrorTypes.ERR_UNDECLARED_ENTITY, etree.ErrorTypes.WAR_UNDECLARED_ENTITY}
)
_ENCODING = frozenset(
    {
        etree.ErrorTypes.ERR_INVALID_ENCODING,
        etree.ErrorTypes.ERR_UNKNOWN_ENCODING,
        etree.ErrorTypes.ERR_UNSUPPORTED_ENCODING,
        etree.ErrorTypes.I18N_CONV_FAILED,
        etree.ErrorTypes.I18N_NO_OUTPUT,
    }
)


def _make_parser(*, encoding: str | None, whole: bool) -> etree.XMLParser:
    """`whole` keeps comments and processing instructions, as a signature needs."""
    return etree.XMLParser(
        encoding=encoding,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=not whole,
        remove_pis=not whole,
        strip_cdata=True,
        recover=False,
    )


# A parser locks itself while it works, so one of each kind serves all threads.
_PARSERS = {
    (encoding, whole): _make_parser(encoding=encoding, whole=whole)
    for encoding in (None, "gb18030")
    for whole in (False, True)
}


def open_xml(data: bytes, *, limit: int, whole: bool = False) -> etree._Element:
    """Parse bytes to a root element, or refuse them by name."""
    if len(data) > limit:
        raise CapRefused(Reason.TOO_LARGE, found=str(len(data)), expected=(str(limit),))
    encoding = _look_at_prologue(data)
    try:
        root = etree.fromstring(data, _PARSERS[encoding, whole])
    except etree.XMLSyntaxError as error:
        raise _refusal(error) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise CapRefused(Reason.DOCTYPE)
    return root


def _look_at_prologue(data: bytes) -> str | None:
    """Refuse what must not reach the parser; name the encoding it should be told."""
    if not data.strip():
        raise CapRefused(Reason.EMPTY)
    utf16 = _UTF16.get(data[:2])
    try:
        if utf16 is not None:
            text = data.decode(utf16)
        else:
            # Latin-1 shows each byte as itself: enough to find ASCII marks.
            text = data.removeprefix(codecs.BOM_UTF8).decode("latin-1")
    except UnicodeDecodeError:
        raise CapRefused(Reason.ENCODING, found=utf16 or "") from None
    if "\0" in text:
        raise CapRefused(Reason.NUL_BYTE, line=text.count("\n", 0, text.index("\0")) + 1)
    text = text.removeprefix("\ufeff")
    prologue = _PROLOGUE.match(text)
    start = prologue.end() if prologue else 0
    if text.startswith("<!DOCTYPE", start):
        raise CapRefused(Reason.DOCTYPE, line=text.count("\n", 0, start) + 1)
    declared = _DECLARED.match(text)
    return _parser_encoding(declared[1]) if declared and utf16 is None else None


def _parser_encoding(declared: str) -> str | None:
    """None means the declaration stands; GB 2312 and GBK are read as what contains them."""
    try:
        name = codecs.lookup(declared).name
    except LookupError:
        raise CapRefused(Reason.ENCODING, found=declared) from None
    if name in _CHINESE:
        return "gb18030"
    if name in _UTF8 or name in _DOUBLE or _SINGLE.fullmatch(name):
        return None
    raise CapRefused(Reason.ENCODING, found=declared)


def _refusal(error: etree.XMLSyntaxError) -> CapRefused:
    message = str(error.msg or "")
    line = error.lineno or 0
    if "xcessive depth" in message:
        return CapRefused(Reason.TOO_DEEP, line=line)
    if error.code in _ENTITY:
        return CapRefused(Reason.UNDEFINED_ENTITY, line=line)
    if error.code in _ENCODING:
        return CapRefused(Reason.ENCODING, line=line)
    if error.code in _UNFINISHED:
        return CapRefused(Reason.INCOMPLETE, line=line)
    return CapRefused(Reason.NOT_WELL_FORMED, line=line, found=message)

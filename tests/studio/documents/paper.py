"""Word documents made by hand: the parts that a test is about, and no more."""

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from PIL import Image
from PIL.PngImagePlugin import PngInfo

NAMES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
)
TYPES = """<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/></Types>"""
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
)
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STYLES = "".join(
    f'<w:style w:type="paragraph" w:styleId="H{level}"><w:name w:val="heading {level}"/></w:style>'
    for level in range(1, 5)
) + "".join(
    f'<w:style w:type="paragraph" w:styleId="{name}"><w:name w:val="{name}"/></w:style>'
    for name in ("Title", "Quote", "Caption")
)
NUMBERING = "".join(
    f'<w:abstractNum w:abstractNumId="{number}">'
    + "".join(f'<w:lvl w:ilvl="{level}"><w:numFmt w:val="{kind}"/></w:lvl>' for level in range(3))
    + "</w:abstractNum>"
    for number, kind in ((1, "bullet"), (2, "decimal"))
) + "".join(f'<w:num w:numId="{n}"><w:abstractNumId w:val="{n}"/></w:num>' for n in (1, 2))
LINKED = (
    f'<Relationship Id="web" Type="{OFFICE}/hyperlink" Target="https://example.org/a(b)" TargetMode="External"/>'
    f'<Relationship Id="pic" Type="{OFFICE}/image" Target="media/one.png"/>'
    f'<Relationship Id="bad" Type="{OFFICE}/image" Target="media/two.emf"/>'
    f'<Relationship Id="s" Type="{OFFICE}/styles" Target="styles.xml"/>'
    f'<Relationship Id="n" Type="{OFFICE}/numbering" Target="numbering.xml"/>'
    f'<Relationship Id="f" Type="{OFFICE}/footnotes" Target="footnotes.xml"/>'
)
NOTE = '<w:footnote w:id="1"><w:p><w:r><w:t>Said elsewhere.</w:t></w:r></w:p></w:footnote>'


def p(text: str = "", style: str = "", inside: str = "") -> str:
    """A paragraph."""
    named = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{named}{run(text) if text else ''}{inside}</w:p>"


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def item(text: str, level: int = 0, number: int = 1) -> str:
    numbered = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'
    return f"<w:p><w:pPr>{numbered}</w:pPr>{run(text)}</w:p>"


def figure(relation: str = "pic", alt: str = "") -> str:
    filled = f'<pic:pic><pic:blipFill><a:blip r:embed="{relation}"/></pic:blipFill></pic:pic>'
    graphic = f"<a:graphic><a:graphicData>{filled}</a:graphicData></a:graphic>"
    drawing = f'<wp:inline><wp:docPr id="1" name="x" descr="{alt}"/>{graphic}</wp:inline>'
    return f"<w:r><w:drawing>{drawing}</w:drawing></w:r>"


def table(*rows: str) -> str:
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl>"


def cell(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{p(text)}</w:tc>"


def picture(colour: str = "red") -> bytes:
    out = BytesIO()
    told = PngInfo()
    told.add_text("Author", "Somebody")
    Image.new("RGB", (4, 3), colour).save(out, "PNG", pnginfo=told)
    return out.getvalue()


def word(*body: str, **parts: bytes | str) -> bytes:
    """A document with this in its body; further parts by path, `__` for the slash."""
    files: dict[str, bytes | str] = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": RELATIONS.format(
            f'<Relationship Id="d" Type="{OFFICE}/officeDocument" Target="word/document.xml"/>'
        ),
        "word/_rels/document.xml.rels": RELATIONS.format(LINKED),
        "word/document.xml": f"<w:document {NAMES}><w:body>{''.join(body)}</w:body></w:document>",
        "word/styles.xml": f"<w:styles {NAMES}>{STYLES}</w:styles>",
        "word/numbering.xml": f"<w:numbering {NAMES}>{NUMBERING}</w:numbering>",
        "word/footnotes.xml": f"<w:footnotes {NAMES}>{NOTE}</w:footnotes>",
        "word/media/one.png": picture(),
        "word/media/two.emf": b"\x01\0\0\0 EMF",
        **{name.replace("__", "/"): part for name, part in parts.items()},
    }
    return packed(files)


def packed(files: dict[str, bytes | str]) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as zipped:
        for name, part in files.items():
            zipped.writestr(name, part)
    return out.getvalue()

"""Questions of other programs: what is held, what is changed, what is refused, each with its line."""

from xml.etree.ElementTree import ParseError, fromstring

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InvalidInput
from studio.questions import formats
from studio.questions.found import Imported
from tests.studio.questions.shared import fixture_text

GIFT, AIKEN, MOODLE = (
    "gift/questions.gift.txt", "aiken/questions.aiken.txt", "moodle-xml/nested_categories_with_questions.xml",
)  # fmt: skip


def read(text: str, name: str = "gift") -> Imported:
    return formats.read(formats.checked(text), name, ())


def only(text: str, name: str = "gift") -> str:
    found = read(text, name)
    assert (len(found.questions), found.refused) == (1, ())
    return found.text


def moodle(*questions: str) -> str:
    return "<quiz>\n" + "\n".join(questions) + "\n</quiz>"


def asked(kind: str, more: str, prompt: str = "Why?") -> str:
    text = f"<name><text>one</text></name><questiontext><text><![CDATA[{prompt}]]></text></questiontext>"
    return f'<question type="{kind}">{text}{more}</question>'


@pytest.mark.parametrize(
    ("written", "ours"),
    [
        ("::a:: Which? {=one #yes ~two #no}",
         "## a {choice}\nWhich?\n\n- [x] one\n  : yes\n- [ ] two\n  : no\n"),
        ("::a:: Which? {~%50%b ~%50%c ~%-50%d}",
         "## a {choices}\nWhich?\n\n- [x] b\n- [x] c\n- [ ] d\n"),
        ("::a:: So. {F#no#yes####All.}",
         "## a {choice}\nSo.\n\n- [ ] True\n  : no\n- [x] False\n  : yes\n\nwhy: All.\n"),
        ("::a:: Who? {=Ada =Ada L. =Ben #he too}",
         "## a {text}\nWho?\n\n= Ada | Ada L.\n= Ben\n  : he too\n"),
        ("::a:: Much? {#1..5}", "## a {number}\nMuch?\n\n= 3 ± 2\n"),
        ("::a:: Much? {#-2.5:0.1}", "## a {number}\nMuch?\n\n= -2.5 ± 0.1\n"),
        ("::a:: Join. {=x = y -> b =c -> d = -> e}".replace(" = y", r" \= y"),
         "## a {match}\nJoin.\n\n- x \\= y = b\n- c = d\n- = e\n"),
        ("::a:: Say. {}", "## a {essay}\nSay.\n"),
        ("// [id:x-1] [tag:bloom:apply]\n[html]<p>A <b>c</b></p><ul><li>d</li></ul>{=e}",
         "## x-1 {text bloom=apply}\nA **c**\n\n+ d\n\n= e\n"),
        ("$CATEGORY: $course$/top/The wall\n\n::a::[markdown]*Do* \\{\\}\\: \\\\ {=e}",
         "## a {text topic=the-wall}\n*Do* {}: \\\n\n= e\n"),
        ("::a:: A {=b ~c} goes.", "## a {choice}\nA \\_\\_\\_\\_\\_ goes.\n\n- [x] b\n- [ ] c\n"),
        ("::a:: # hint\\: *x* <y> & [z] {\n=b\n\n~c\n}",
         "## a {choice}\n\\# hint: \\*x\\* &lt;y> & \\[z\\]\n\n- [x] b\n- [ ] c\n"),
    ],
)  # fmt: skip
def test_gift_becomes_our_text(written: str, ours: str) -> None:
    assert only(written) == ours


@pytest.mark.parametrize(
    ("written", "line", "word"),
    [
        ("\n\nWords alone.", 3, "asks nothing"),
        ("A {=b", 1, "brace"),
        ("A {=b} {=c}", 1, "second pair"),
        ("A {b}", 1, "neither right nor wrong"),
        ("A {~b ~c}", 1, "no answer is right"),
        ("A {=b =c ~d}", 1, "2 answers are right"),
        ("A {#x}", 1, "no number"),
        ("A {#1e999999999}", 1, "no number"),
        ("A {=b -> c\n=d\n}", 2, "no right side"),
        ("A {=%50%b}", 1, "no answer in words"),
        ("A {=b ~b}", 1, "stands twice"),
        ("{=b}", 1, "prompt is missing"),
    ],
)
def test_what_gift_cannot_give_is_refused_with_its_line(written: str, line: int, word: str) -> None:
    found = read(f"{written}\n\n::good:: Which? {{=b ~c}}")
    assert [each.id for each in found.questions] == ["good"]
    assert [(each.line, word in each.message) for each in found.refused] == [(line, True)]


@pytest.mark.parametrize(
    ("written", "changed"),
    [
        ("A\n{=b\n~%50%c}", [(3, "“c” with 50 %")]),
        ("A {~%60%b ~%40%c}", [(1, "weights")]),
        ("A\n{=b\n=%50%c\n=d*}", [(3, "“c” with 50 %"), (4, "pattern")]),
        ("[html]A <img src='@@PLUGINFILE@@/skin.png'> {=b}", [(1, "“skin.png”")]),
        ("// [tag:plain]\nA {=b}", [(2, "tag “plain”")]),
        ("A {=b->c#no =d->e}", [(1, "feedback of a pair")]),
    ],
)
def test_what_is_not_held_of_a_question_is_named(written: str, changed: list[tuple[int, str]]) -> None:
    (held,) = read(written).questions
    assert [each.line for each in held.changes] == [line for line, _ in changed]
    assert all(word in each.message for each, (_, word) in zip(held.changes, changed, strict=True))


@pytest.mark.parametrize(
    ("written", "ours"),
    [
        (asked("multichoice", '<single>true</single><defaultgrade>2.0000</defaultgrade><hint><text>h</text></hint>'
               '<answer fraction="100"><text>&lt;p&gt;b&lt;/p&gt;</text></answer><answer fraction="0"><text>c</text>'
               "<feedback><text>no</text></feedback></answer><generalfeedback><text>g</text></generalfeedback>"),
         "## one {choice points=2}\nWhy?\n\n- [x] b\n- [ ] c\n  : no\n\nhint: h\n\nwhy: g\n"),
        (asked("multichoice", '<single>false</single><answer fraction="100"><text>b</text></answer>'
               '<answer fraction="-100"><text>c</text></answer>'),
         "## one {choices}\nWhy?\n\n- [x] b\n- [ ] c\n"),
        (asked("shortanswer", '<answer fraction="100"><text>b</text></answer>'), "## one {text}\nWhy?\n\n= b\n"),
        (asked("numerical", '<answer fraction="100"><text>9.4</text><tolerance>0.1</tolerance></answer>'
               "<units><unit><multiplier>1</multiplier><unit_name>days</unit_name></unit></units>"),
         "## one {number}\nWhy?\n\n= 9.4 ± 0.1 days\n"),
        (asked("matching", "<subquestion><text>a</text><answer><text>1</text></answer></subquestion><subquestion>"
               "<text>b</text><answer><text>2</text></answer></subquestion><subquestion><text></text><answer><text>3"
               "</text></answer></subquestion>"),
         "## one {match}\nWhy?\n\n- a = 1\n- b = 2\n- = 3\n"),
        (asked("ordering", '<answer fraction="1"><text>b</text></answer><answer fraction="2"><text>c</text></answer>'),
         "## one {order}\nWhy?\n\n1. b\n2. c\n"),
        (asked("essay", "<graderinfo><text><![CDATA[<ul><li>b</li></ul>]]></text></graderinfo>"
               "<minwordlimit>60</minwordlimit><maxwordlimit>90</maxwordlimit>"),
         "## one {essay}\nWhy?\n\n- b\n\nwords: 60-90\n"),
        (asked("cloze", "", "<p>The {1:SHORTANSWER:=HPA~%100%axis} <i>ends</i> {2:SA:=so}.</p>"),
         "## one {blanks}\nThe {{HPA|axis}} *ends* {{so}}.\n"),
    ],
)  # fmt: skip
def test_moodle_xml_becomes_our_text(written: str, ours: str) -> None:
    assert only(moodle(written), "moodle") == ours


@pytest.mark.parametrize(
    ("written", "line", "word"),
    [
        (moodle("", asked("calculated", "")), 3, "no kind here"),
        (moodle(asked("cloze", "", "A {1:NUMERICAL:=3}")), 2, "not every gap"),
        (moodle(asked("truefalse", "")), 2, "verdict"),
        ("<quiz>\n<question></quiz>", 2, "well-formed"),
        ('<!DOCTYPE quiz [<!ENTITY a "b">]>\n<quiz>&a;</quiz>', 1, "entities"),
        ('<!DOCTYPE quiz SYSTEM "file:///etc/passwd">\n<quiz/>', 1, "entities"),
        ("<other/>", 1, "no Moodle XML"),
    ],
)
def test_what_moodle_xml_cannot_give_is_refused_with_its_line(written: str, line: int, word: str) -> None:
    found = read(written, "moodle")
    assert not found.questions
    assert [(each.line, word in each.message) for each in found.refused] == [(line, True)]


def test_a_picture_of_an_import_is_named_and_its_bytes_are_not_kept() -> None:
    files = '<file name="skin.png" encoding="base64">AAAA</file>'
    text = (
        f"<questiontext><text><![CDATA[<img src='@@PLUGINFILE@@/skin.png' alt='Skin'> Why?]]></text>{files}"
    )
    written = f'<question type="essay"><name><text>one</text></name>{text}</questiontext></question>'
    (held,) = read(moodle(written), "moodle").questions
    assert held.prompt_md == "(picture: Skin) Why?"
    assert [each.message for each in held.changes] == ["the picture “skin.png” is not held"]


@pytest.mark.parametrize(
    ("html", "ours"),
    [
        ("<script>alert(1)</script><p onclick='x'>A</p>", "A"),
        ("<a href='javascript:x'>A</a> <a href='https://b.example/c'>B</a>", "A [B](https://b.example/c)"),
        ("<h2>A</h2>b<br>c", "**A**\n\nb\n\nc"),
        ("H<sub>2</sub>O, 10<sup>-3</sup>, x<sup>a</sup>", "H₂O, 10⁻³, x^(a)"),
        ("<table><tr><th>a</th></tr><tr><td>b|c</td></tr></table>", "| a |\n| --- |\n| b&#124;c |"),
        ("<blockquote>a</blockquote><pre>b\nc</pre>", "> a\n\n~~~\nb\nc\n~~~"),
        ("<ol><li>a<ul><li>b</li></ul></li></ol>", "1. a\n\n    + b"),
        ("&lt;script&gt;", "&lt;script>"),
        ("<b>" * 900 + "a", "a"),
    ],
)
def test_html_becomes_our_markdown_and_no_tag_is_kept(html: str, ours: str) -> None:
    assert formats.gift.html(html)[0].replace("*", "*" if len(html) < 900 else "") == ours


def test_aiken_with_a_question_that_names_no_answer() -> None:
    found = read(
        "One?\nA) b\nB) c\n\nTwo?\nA. b\nB. c\nd\nANSWER: B\n\nThree?\nA) b\nB) c\nANSWER: D", "aiken"
    )
    assert found.text == "## two {choice}\nTwo?\n\n- [ ] b\n- [x] c d\n"
    assert [each.line for each in found.refused] == [1, 11]


def test_a_table_is_read_by_its_header() -> None:
    found = read(
        "kind,prompt,right,wrong,id,points\n"
        'choice,"Two\nlines?",b,c|d,one,2\n'
        "match,Join.,b = c | d = e,f,two,\n"
        "number,Much?,9.4 ± 0.1 days,,three,\n"
        "choice,'=1+1?,2,3,four,\n"
        "guess,Why?,b,,five,\n"
        "truefalse,So?,maybe,,six,\n",
        "csv",
    )
    assert [(held.id, held.line) for held in found.questions] == [
        ("one", 2),
        ("two", 4),
        ("three", 5),
        ("four", 6),
    ]
    assert "=1+1?" in found.text
    assert [(each.line, each.message) for each in found.refused] == [
        (7, "“guess” is no kind of question"),
        (8, "the verdict is missing"),
    ]


def test_our_own_text_keeps_every_question_but_the_one_with_a_fault() -> None:
    good = "## one {choice points=2 bloom=apply}\nWhich?\n\n- [x] b\n  : so\n- [ ] c\n\nhint: h\n"
    found = read(f"---\ntitle: T\n---\n\n{good}\n## two {{choice}}\nWhich?\n\n- [ ] b\n- [ ] c\n", "text")
    assert found.text == good
    assert [each.line for each in found.refused] == [14]


def test_an_id_that_is_taken_gets_a_number_and_is_named() -> None:
    found = formats.read("::One:: A {=b}\n\n::one:: C {=d}\n\nE {=f}", "gift", {"one"})
    assert [(held.id, len(held.changes)) for held in found.questions] == [
        ("one-2", 1),
        ("one-3", 1),
        ("e", 0),
    ]


@pytest.mark.parametrize(
    ("name", "form", "questions", "refused", "changes"),
    [(GIFT, "gift", 9, 0, 5), (AIKEN, "aiken", 2, 0, 0), (MOODLE, "moodle", 5, 0, 0)],
)
def test_real_files_are_told_apart_and_counted(
    name: str, form: str, questions: int, refused: int, changes: int
) -> None:
    text = fixture_text(name)
    assert formats.format_of(text) == form
    found = read(text, form)
    assert (len(found.questions), len(found.refused)) == (questions, refused)
    assert sum(len(held.changes) for held in found.questions) == changes


@pytest.mark.parametrize("data", [b"", b" \n", b"\xff", b"a\0", b"a" * (formats.MOST_BYTES + 1)])
def test_what_is_no_text_is_not_read(data: bytes) -> None:
    with pytest.raises(InvalidInput):
        formats.decoded(data)


MUTATED = st.tuples(st.floats(0, 1), st.integers(0, 40), st.text('{}~=#:\\%<>&;\n "->x1]', max_size=12))
FEW = settings(max_examples=40, deadline=2000)


def mutated(name: str, change: tuple[float, int, str]) -> str:
    """A real file in which some characters were taken for others."""
    text = fixture_text(name)
    begin = int(len(text) * change[0])
    return text[:begin] + change[2] + text[begin + change[1] :]


@pytest.mark.parametrize(
    ("name", "form", "good"),
    [(GIFT, "gift", "::last:: Last one? {=b ~c}"), (AIKEN, "aiken", "Last one?\nA) b\nB) c\nANSWER: A")],
)
@FEW
@given(change=MUTATED)
def test_a_broken_question_takes_no_other_with_it(
    name: str, form: str, good: str, change: tuple[float, int, str]
) -> None:
    found = read(f"{mutated(name, change)}\n\n{good}\n", form)
    assert "Last one?" in found.questions[-1].prompt_md


@FEW
@given(change=MUTATED)
def test_broken_xml_is_refused_whole_and_in_whole_xml_every_question_counts(
    change: tuple[float, int, str],
) -> None:
    text = mutated(MOODLE, change)
    found = read(text, "moodle")
    try:
        questions = [each for each in fromstring(text) if each.get("type") != "category"]
    except ParseError:
        questions = [fromstring("<question/>")]
    assert len(found.questions) + len(found.refused) == len(questions)


@pytest.mark.parametrize("form", formats.IMPORTERS)
@FEW
@given(change=MUTATED, name=st.sampled_from((GIFT, AIKEN, MOODLE)))
def test_no_reader_breaks_on_a_file_of_another(form: str, change: tuple[float, int, str], name: str) -> None:
    found = read(mutated(name, change), form)
    assert found.questions or found.refused

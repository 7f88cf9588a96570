"""`ivr graph`: the flow as a Mermaid flowchart."""

import re
import time

from ivr.drawing import GONE, MISSED, NEW, Shown
from ivr.flowdiff import changes
from ivr.flowfile import parse
from ivr.mermaid import mermaid
from ivr.palette import STATES
from ivr.picturewords import WORDS
from tests.calling import HOTLINE
from tests.cli.kept import GONE as LEFT
from tests.cli.kept import SERVED, keep

EDGE = re.compile(r'^    (\w+) (?:-->|-\.->|==>)\|"([^"]+)"\| (\w+)$', re.MULTILINE)
ANY = re.compile(r"^    (\S+ (?:-->|-\.->|==>).*)$", re.MULTILINE)
EN, ZH = WORDS["en"], WORDS["zh"]


def edges(drawing: str) -> set[tuple[str, str, str]]:
    """(from, outcome, to) of a drawing without counts."""
    return {
        (source, outcome, target)
        for source, outcomes, target in EDGE.findall(drawing)
        for outcome in outcomes.split(", ")
    }


def test_every_node_and_edge_is_drawn(ivr, settings):
    for language, words in WORDS.items():
        out = ivr("graph", "hotline", "--lang", language).out
        assert f'flowchart TD\n    ring(["{words.ring}"])\n' in out
        assert "    ring ==> greet\n" in out
        there = {
            (place.name, words.outcome(outcome), "hangup" if target == "end" else target)
            for place in HOTLINE.nodes.values()
            for outcome, target in place.then.items()
        }
        there |= {("always", words.outcome(outcome), target) for outcome, target in HOTLINE.always.items()}
        assert edges(out) == there
        for place in HOTLINE.nodes.values():
            assert f'    {place.name}["{place.name}<br/>{words.about(place)}' in out


def test_the_protocols_have_frames_in_mermaid_too(ivr, settings):
    out = ivr("graph", "hotline", "--lang", "zh").out
    frame = out.partition('subgraph group_greeting["问候:无声和嘈杂协议"]\n')[2].partition("\n    end\n")[0]
    assert [line.strip().partition("[")[0] for line in frame.splitlines()] == ["greet", "no_sound", "noisy_line"]


def test_calls_stand_on_the_edges_and_where_callers_gave_up(ivr, settings, store):
    for number, words in enumerate((SERVED, SERVED, LEFT)):
        keep(store, f"{number}.1", words, time.time() - 500 + number)
    out = ivr("graph", "hotline", "--calls", "1h").out
    assert '    ring ==>|"3 calls"| greet\n' in out
    assert '    greet ==>|"speech, key: 3 calls"| menu\n' in out
    assert '    menu ==>|"1: 2 calls"| to_intake\n' in out
    assert '    goodbye ==>|"done: 2 calls"| hangup\n' in out
    assert "inquiry<br/>queue · inquiry<br/>1 gave up here" in out
    assert '    menu -->|"3: 0 calls"| to_complaint\n' in out


def test_without_calls_there_are_none(ivr, settings):
    assert 'menu ==>|"1: 0 calls"| to_intake' in ivr("graph", "hotline", "--calls", "today").out


def test_names_that_mermaid_would_take_for_its_own():
    text = """flow: odd
start: ring
always: {failed: a-b}
nodes:
  ring: {type: menu, prompt: main-menu, then: {"#": a-b, 1: a-_b, no_answer: a_-b, failed: end}}
  a-b: {type: say, prompt: closing, then: {done: end}}
  a-_b: {type: say, prompt: closing, then: {done: end}}
  a_-b: {type: say, prompt: closing, then: {done: n_x}}
  n_x: {type: say, prompt: closing, then: {done: end}}
"""
    out = mermaid(parse(text), EN, Shown(texts={"closing": 'a "b" <i>'}))
    assert "    ring ==> n_ring\n" in out
    assert '"#35;"| n_a_db\n' in out
    assert '    n_ring -.->|"failed"| hangup\n' in out
    assert len({*re.findall(r"^ +(n_\w+)\[", out, re.MULTILINE)}) == 5
    assert "<br/>a #34;b#34; #60;i#62;" in out


def test_changes_and_gaps_are_in_colour_in_mermaid_too():
    new = HOTLINE.text.replace("tries: 3", "tries: 2").replace("3: to_complaint", "3: to_inquiry")
    new = new.replace("  no_sound:", "  no-sound:").replace(": no_sound", ": no-sound")
    out = mermaid(parse(new), ZH, Shown(before=HOTLINE, changes=tuple(changes(HOTLINE.text, new))))
    assert re.search(r"^    class (menu,n_no_dsound|n_no_dsound,menu) changed$", out, re.MULTILINE)
    drawn = ANY.findall(out)
    for state, line in ((NEW, 'menu -->|"3"| to_inquiry'), (GONE, 'menu -.->|"3"| to_complaint')):
        assert f"    linkStyle {drawn.index(line)} stroke:{STATES[state]},color:{STATES[state]}\n" in out
    out = mermaid(HOTLINE, EN, Shown(missed=frozenset({("menu", "9"), ("always", "failed")})))
    drawn, red = ANY.findall(out), re.search(rf"linkStyle ([\d,]+) stroke:{STATES[MISSED]}", out)
    assert [drawn[int(number)] for number in red[1].split(",")] == [
        'menu -->|"9"| menu', 'always -.->|"failed"| intake',
    ]  # fmt: skip


# -- drawn by Graphviz ---------------------------------------------------------------------------

PNG = b"\x89PNG\r\n\x1a\n"
TEXT = re.compile(r"<text[^>]*>([^<]*)</text>")


def test_svg_and_png_of_one_flow(ivr, settings, tmp_path):
    svg, png = tmp_path / "flow.svg", tmp_path / "flow.png"
    ran = ivr("graph", "hotline", "--svg", svg, "--png", png, "--lang", "zh")
    assert ran.out == f"{svg}: written\n{png}: written\n"
    words = TEXT.findall(svg.read_text())
    assert {"来电", "无声", "说话, 按键", "问候:无声和嘈杂协议"} <= {word.strip() for word in words}
    assert png.read_bytes().startswith(PNG)


def test_the_main_path_goes_straight_down(ivr, settings, tmp_path):
    ivr("graph", "hotline", "--svg", tmp_path / "flow.svg")
    svg = (tmp_path / "flow.svg").read_text()
    heads = dict(re.findall(r"<title>(\w+)</title>\s*<path[^>]*? d=\"M([\d.-]+),", svg))
    boxes = {name: re.search(rf"<title>{name}</title>\s*<path[^>]*? d=\"([^\"]+)\"", svg) for name in heads}
    middles = []
    for name in ("menu", "to_intake", "intake", "survey", "goodbye"):
        across = [float(x) for x in re.findall(r"([\d.-]+),[\d.-]+", boxes[name][1])]
        middles.append((min(across) + max(across)) / 2)
    assert max(middles) - min(middles) < 1.0


def test_calls_changes_and_gaps_are_drawn(ivr, settings, store, tmp_path):
    keep(store, "1.1", LEFT, time.time() - 500)
    svg = tmp_path / "flow.svg"
    ivr("graph", "hotline", "--calls", "1h", "--svg", svg, "--lang", "zh")
    assert "1 人在此挂断" in svg.read_text()
    changed = tmp_path / "new.yaml"
    changed.write_text(HOTLINE.text.replace("tries: 3", "tries: 2"))
    ivr("graph", "hotline", "--diff", "file", changed, "--svg", svg)
    assert "tries 3 → 2" in svg.read_text()
    assert "hotline: hotline.yaml → new.yaml" in svg.read_text()
    told = ivr("graph", "hotline", "--diff", "file", changed, "--lang", "zh").out
    assert 'title: "hotline: hotline.yaml → new.yaml"' in told
    assert "    class menu changed\n" in told
    ivr("test", changed, "--coverage", "--svg", svg)
    assert STATES[MISSED] in svg.read_text()
    ivr("graph", "hotline", "--coverage", "--svg", svg)
    assert STATES[MISSED] not in svg.read_text(), "the shipped flow is walked whole"


def test_what_cannot_be_drawn_is_told(ivr, settings, tmp_path, monkeypatch):
    assert "cannot be written" in ivr("graph", "hotline", "--svg", tmp_path / "no/where.svg").err
    assert "no version `9`" in ivr("graph", "hotline", "--diff", "9", "file", "--svg", "-").err
    monkeypatch.setattr("ivr.dot.ROOT", tmp_path)
    monkeypatch.setattr("ivr.dot.shutil.which", lambda _name: None)
    assert "python3 -m ivr.setup draw" in ivr("graph", "hotline", "--svg", tmp_path / "f.svg").err

"""The language server as an editor meets it: a process, spoken to by a real client over its standard streams."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from lsprotocol import types
from pygls.lsp.client import LanguageClient

from ivr.native import HOME

FLOW = """\
flow: 新线
start: hello
always: {failed: desk}
nodes:
  hello: {type: menu, prompt: main-menu, then: {1: desk, no_answer: hello}}
  desk: {type: queue, queue: intake, timeout: 1m, then: {answered: end, timeout: bye, full: bye}}
  bye: {type: say, prompt: closing, then: {done: end}}
"""
SECONDS = 60.0


class Editor:
    """One file in an editor."""

    def __init__(self, client: LanguageClient, path: Path) -> None:
        self.client, self.uri, self.version = client, path.as_uri(), 0
        self.told: asyncio.Queue[types.PublishDiagnosticsParams] = asyncio.Queue()
        client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(lambda told: self.told.put_nowait(told))

    async def mistakes(self, text: str) -> list[types.Diagnostic]:
        """What is told once this is in the file."""
        if self.version:
            change = types.TextDocumentContentChangeWholeDocument(text)
            versioned = types.VersionedTextDocumentIdentifier(self.version + 1, self.uri)
            self.client.text_document_did_change(types.DidChangeTextDocumentParams(versioned, [change]))
        else:
            item = types.TextDocumentItem(self.uri, "yaml", 1, text)
            self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        self.version += 1
        while (told := await asyncio.wait_for(self.told.get(), SECONDS)).uri != self.uri:
            pass
        return list(told.diagnostics)

    def before(self, word: str) -> tuple[types.TextDocumentIdentifier, types.Position]:
        """The place of a word in FLOW, with the cursor before it."""
        line = next(number for number, text in enumerate(FLOW.split("\n")) if word in text)
        return types.TextDocumentIdentifier(self.uri), types.Position(line, FLOW.split("\n")[line].index(word))


@asynccontextmanager
async def editing(path: Path, locale: str = "C.UTF-8") -> AsyncIterator[Editor]:
    client = LanguageClient("test", "1")
    env = {**os.environ, "LANG": locale, "LC_ALL": locale, "IVR_DATA": str(path.parent / "data")}
    await client.start_io(sys.executable, "-m", "ivr", "lsp", env=env, cwd=HOME)
    try:
        root = types.InitializeParams(types.ClientCapabilities(), root_uri=path.parent.as_uri())
        await asyncio.wait_for(client.initialize_async(root), SECONDS)
        client.initialized(types.InitializedParams())
        yield Editor(client, path)
        await asyncio.wait_for(client.shutdown_async(None), SECONDS)
        client.exit(None)
    except BaseException:
        client._server.kill()  # it would be waited for, and was not told to end
        raise
    finally:
        await client.stop()


def test_an_editor_is_told_mistakes_names_and_places(tmp_path):
    async def edited() -> None:
        async with editing(tmp_path / "new.yaml") as editor:
            (told,) = await editor.mistakes(FLOW)
            assert told.message.startswith("the call goes round without anybody doing anything: hello → hello;")
            assert (told.range.start, told.range.end) == (types.Position(4, 2), types.Position(4, 8))
            assert await editor.mistakes(FLOW.replace("no_answer: hello", "no_answer: desk")) == []
            broken = await editor.mistakes(FLOW.replace("no_answer: hello", "no_answer: bey"))
            assert [one.message.split(",")[0] for one in broken] == ["node `hello`: `no_answer` leads to `bey`"]
            offers = await editor.client.text_document_completion_async(
                types.CompletionParams(*editor.before("desk, no"))
            )
            assert [offer.label for offer in offers] == ["hello", "desk", "bye", "end"]
            hover = await editor.client.text_document_hover_async(types.HoverParams(*editor.before("closing")))
            assert hover.contents.value.startswith("zh: 感谢来电,再见!")
            place = await editor.client.text_document_definition_async(
                types.DefinitionParams(*editor.before("desk, no"))
            )
            assert (place.uri, place.range.start) == (editor.uri, types.Position(5, 2))

    asyncio.run(edited())


def test_mistakes_are_told_in_the_language_of_the_locale_and_subflows_in_their_own_file(tmp_path):
    (tmp_path / "subflows").mkdir()
    part = tmp_path / "subflows/card.yaml"
    part.write_text("subflow: card\nstart: ask\nnodes:\n  ask: {type: say, prompt: clossing, then: {done: return}}\n")
    flow = (
        FLOW.replace("no_answer: hello", "no_answer: card") + "  card: {type: subflow, flow: card, then: {done: bye}}\n"
    )

    async def edited() -> None:
        async with editing(tmp_path / "new.yaml", "zh_CN.UTF-8") as editor:
            assert await editor.mistakes(flow) == []
            told = await asyncio.wait_for(editor.told.get(), SECONDS)
            assert told.uri == part.as_uri()
            assert told.diagnostics[0].message.startswith("节点 `card.ask` 要播放 `clossing`")
        async with editing(part) as editor:
            (alone,) = await editor.mistakes(part.read_text())
            assert alone.message.startswith("node `ask` plays `clossing`")

    asyncio.run(edited())

"""A language server for flow files: the Language Server Protocol 3.17 over standard input and output, by pygls."""

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.uris import from_fs_path, to_fs_path
from pygls.workspace import ServerTextPosition, ServerTextRange, TextDocument

from ivr.audio.catalogue import load as load_catalogue
from ivr.checkfile import proof_of_file
from ivr.editor.hints import Known, meaning, offers, place_of
from ivr.faults import Fault, Faults
from ivr.flow import Flow
from ivr.flowfile import SUBFLOWS
from ivr.house import house_of
from ivr.settings import CALENDARS, Settings

QUIET = 0.15
"""Seconds without a key after which a file is checked."""
_NONE = Flow("", "", {}, {})


def serve(settings: Settings, said: Callable[[Fault], Fault]) -> None:
    """Until the editor goes away; `said` puts a fault into the reader's language."""
    _Editor(settings, said).server.start_io()


class _Editor:
    """The files that are open, each with its flow as it could last be read."""

    def __init__(self, settings: Settings, said: Callable[[Fault], Fault]) -> None:
        self._settings, self._said = settings, said
        self._flows: dict[str, Flow] = {}
        self._told: dict[str, set[str]] = {}
        self._due: dict[str, asyncio.TimerHandle] = {}
        self.server = server = LanguageServer("ivr", "1")
        begun = types.CompletionOptions(trigger_characters=[" ", "{"])
        # pygls marks what it is given, and a bound method bears no mark
        for feature in (types.TEXT_DOCUMENT_DID_OPEN, types.TEXT_DOCUMENT_DID_CHANGE, types.TEXT_DOCUMENT_DID_SAVE):
            server.feature(feature)(partial(self._changed))
        server.feature(types.TEXT_DOCUMENT_DID_CLOSE)(partial(self._closed))
        server.feature(types.TEXT_DOCUMENT_COMPLETION, begun)(partial(self._completion))
        server.feature(types.TEXT_DOCUMENT_HOVER)(partial(self._hover))
        server.feature(types.TEXT_DOCUMENT_DEFINITION)(partial(self._definition))

    # -- mistakes --------------------------------------------------------------------------------

    def _changed(
        self,
        params: types.DidOpenTextDocumentParams | types.DidChangeTextDocumentParams | types.DidSaveTextDocumentParams,
    ) -> None:
        uri = params.text_document.uri
        if due := self._due.pop(uri, None):
            due.cancel()
        self._due[uri] = asyncio.get_running_loop().call_later(QUIET, self._check, uri)

    def _closed(self, params: types.DidCloseTextDocumentParams) -> None:
        uri = params.text_document.uri
        if due := self._due.pop(uri, None):
            due.cancel()
        self._publish(uri, [])

    def _check(self, uri: str) -> None:
        document = self._document(uri)
        try:
            proof = proof_of_file(Path(document.path), self._settings, document.source)
        except Faults as broken:  # the prompts' texts cannot be read
            self._publish(uri, list(broken))
            return
        if proof.flow.nodes:
            self._flows[uri] = proof.flow
        self._publish(uri, proof.faults)

    def _publish(self, uri: str, faults: list[Fault]) -> None:
        """Tells the mistakes of a file, those too that stand in its subflows; and that those told before are gone."""
        found: dict[str, list[types.Diagnostic]] = {one: [] for one in {uri, *self._told.get(uri, ())}}
        for fault in faults:
            where = from_fs_path(fault.file) or uri
            where = uri if to_fs_path(where) == to_fs_path(uri) else where
            found.setdefault(where, []).append(self._diagnostic(where, fault))
        self._told[uri] = {*found}
        for where, told in found.items():
            self.server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(where, told))

    def _diagnostic(self, uri: str, fault: Fault) -> types.Diagnostic:
        document = self._document(uri)
        line = document.lines[fault.line - 1] if fault.line <= len(document.lines) else ""
        end = next((at for at in range(fault.column - 1, len(line)) if line[at] in " ,}]\r\n"), len(line.rstrip()))
        row = fault.line - 1
        start, stop = ServerTextPosition(row, fault.column - 1), ServerTextPosition(row, max(end, fault.column))
        where = document.range_to_client_units(ServerTextRange(start, stop))
        return types.Diagnostic(where, self._said(fault).text, types.DiagnosticSeverity.Error, source="ivr check")

    # -- names -----------------------------------------------------------------------------------

    def _completion(self, params: types.CompletionParams) -> list[types.CompletionItem]:
        line, column, flow = self._at(params)
        return [
            types.CompletionItem(offer.name, detail=offer.about.split("\n", 1)[0], documentation=offer.about)
            for offer in offers(line, column, flow, self._known(params.text_document.uri))
        ]

    def _hover(self, params: types.HoverParams) -> types.Hover | None:
        line, column, flow = self._at(params)
        told = meaning(line, column, flow, self._known(params.text_document.uri))
        return types.Hover(types.MarkupContent(types.MarkupKind.PlainText, told)) if told else None

    def _definition(self, params: types.DefinitionParams) -> types.Location | None:
        line, column, flow = self._at(params)
        place = place_of(line, column, flow)
        if place is None:
            return None
        file, row, start = place
        at = types.Position(row, start)
        return types.Location(from_fs_path(file) or params.text_document.uri, types.Range(at, at))

    def _at(self, params: types.CompletionParams | types.HoverParams | types.DefinitionParams) -> tuple[str, int, Flow]:
        """The line of the cursor, its column, and the flow."""
        uri = params.text_document.uri
        document = self._document(uri)
        position = document.position_from_client_units(params.position)
        line = document.lines[position.line] if position.line < len(document.lines) else ""
        return line.rstrip("\r\n"), position.character, self._flows.get(uri, _NONE)

    def _known(self, uri: str) -> Known:
        catalogue = load_catalogue(self._settings.prompts)
        folder = Path(self._document(uri).path).parent
        subflows = (folder / SUBFLOWS).glob("*.yaml") if folder.name != SUBFLOWS else folder.glob("*.yaml")
        calendars = (self._settings.flows / CALENDARS).glob("*.yaml")
        return Known(
            house_of(self._settings, catalogue),
            catalogue,
            frozenset(one.stem for one in subflows),
            frozenset(one.stem for one in calendars),
        )

    def _document(self, uri: str) -> TextDocument:
        return self.server.workspace.get_text_document(uri)

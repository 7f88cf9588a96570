# The two commands of a newcomer: make run, make test. Everything is set up in folders of the project.
.PHONY: run test demo bench setup lint

run:
	@python3 -m ivr.setup && exec .venv/bin/ivr run

test:
	@python3 -m ivr.setup test && .venv/bin/python -m pytest

demo:
	@python3 -m ivr.setup demo && exec .venv/bin/ivr demo

bench:
	@python3 -m ivr.setup bench && exec .venv/bin/python -m tests.bench

lint:
	@.venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/mypy

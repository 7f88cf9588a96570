# The two commands of a newcomer: make run, make test. Everything is set up in folders of the project.
.PHONY: run test demo bench score train setup lint

run:
	@python3 -m ivr.setup && exec .venv/bin/python -m ivr run

# Four at once: most of the time is spent in calls, which take real time and little of the processor.
test:
	@python3 -m ivr.setup test && .venv/bin/python -m pytest -n 4 --maxschedchunk 1

demo:
	@python3 -m ivr.setup demo && exec .venv/bin/python -m ivr demo

bench:
	@python3 -m ivr.setup bench && exec .venv/bin/python -m tests.bench

# How often the line hears right, on the project's own held-out voices and noises, beside other detectors.
score:
	@python3 -m ivr.setup test references corpus && .venv/bin/python -m tests.corpus data-corpus --split test --count 900 \
		--seed 4 && exec .venv/bin/ivr score data-corpus --reference

# Grows ivr/audio/hearing/glimpses.json again, and forest.json, which looks at what it says.
train:
	@python3 -m ivr.setup test train corpus && .venv/bin/python -m tests.training.glimpses && \
		exec .venv/bin/python -m tests.training

lint:
	@.venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/mypy

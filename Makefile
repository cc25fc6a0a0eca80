# make chat   opens the chat on the bundled book
# make test   passes the tests
# make kept   keeps what is measured now as what the gates are held against
# They do all their own set-up in .venv; nothing else needs to be installed but Python 3.11+.

PYTHON ?= python3
BIN := .venv/bin
BOOK := eval/books/cronica-del-ano-de-alma-ata.txt
INDEX := .apostilla
CHAPTER := ../shared/corpus/un-ano-en-alma-ata.txt
TRUTH := .venv/chapter.truth.json

.PHONY: chat test check kept adapter reader lock clean

chat: .venv/ready
	$(BIN)/apostilla index $(BOOK) --index $(INDEX) --title "Crónica del año de Alma Ata" \
		--author "Redacción de Apostilla" --year 2026
	$(BIN)/apostilla chat --index $(INDEX) $(CHAT)

test: .venv/ready check
	$(BIN)/pytest --numprocesses auto --dist loadfile --no-loadscope-reorder $(TESTS)

check: .venv/ready
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy

.venv/ready: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --no-build-isolation --no-deps --editable .
	touch $@

# Measures anew what the gates are held against, on the bundled book and, where it is, the chapter.
kept: .venv/ready
	$(BIN)/apostilla eval --keep eval/results/cronica.json
	test ! -d ../shared || $(BIN)/python -m tests.chapter $(TRUTH)
	test ! -d ../shared || $(BIN)/apostilla eval --gold ../shared/gold --book $(CHAPTER) \
		--truth $(TRUTH) --keep eval/results/chapter.json

# Learns index/model/adapter.npz anew from the data in ../shared/data, or goes on where it was broken off:
# see eval/training/README.md. Installs torch, which nothing else needs.
adapter: .venv/ready
	$(BIN)/pip install --quiet --no-build-isolation --editable '.[train]'
	$(BIN)/python -m eval.training.train --data ../shared/data --out index/model/adapter.npz --resume

# Learns assistant/reader.npz likewise, in two runs: see eval/reader/README.md.
reader: .venv/ready
	$(BIN)/pip install --quiet --no-build-isolation --editable '.[train]'
	$(BIN)/python -m eval.reader.train --data ../shared/data --out .training/first.npz --steps 3000 \
		--without context --without premises --checkpoint .training/first.pt --resume
	$(BIN)/python -m eval.reader.train --data ../shared/data --out assistant/reader.npz --steps 800 \
		--start .training/first.npz --rate 7.5e-5 --resume

# Needs uv; rewrites requirements.lock from pyproject.toml.
lock:
	uv pip compile pyproject.toml --group dev --extra eval --universal --python-version 3.11 \
		--generate-hashes --no-header --quiet -o requirements.lock

clean:
	rm -rf .venv .training $(INDEX)

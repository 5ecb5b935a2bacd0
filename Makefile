# The two commands of the README: make run, make test. Each sets up what is missing.
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LINT = .cache/bin/golangci-lint
# Without cgo and without paths everything is compiled once: for the program, its tests, and every other checkout.
export CGO_ENABLED := 0
export GOFLAGS := $(strip $(GOFLAGS) -trimpath)

.PHONY: run build web test check verify lint fmt house race bench plays peers setup clean

run: build ## the sample company on http://127.0.0.1:8080
	bin/hearth demo

web: ## the workspace, into web/dist
	@sh web/build.sh

build: web ## bin/hearth
	go build -ldflags "-s -w -X main.version=$(VERSION)" -o bin/hearth ./cmd/hearth

test: ## every test, on SQLite and on PostgreSQL
	@sh test/run.sh

setup: ## what the tests need and this machine lacks
	@sh test/setup.sh

check: fmt lint house ## format, lint, house: under a minute when warm

$(LINT):
	@echo "building golangci-lint (about two minutes, once)"
	@mkdir -p .cache/bin && GOBIN=$(CURDIR)/.cache/bin go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

lint: $(LINT)
	@$(LINT) run --allow-parallel-runners ./...

verify: $(LINT) # as check, but nothing is rewritten
	@$(LINT) fmt --diff ./... && $(LINT) run --allow-parallel-runners ./... && go test -run 'House|Guard' .

fmt: $(LINT)
	@$(LINT) fmt ./...

house:
	@go test -run 'House|Guard' .

race: ## the suite under the race detector
	CGO_ENABLED=1 go test -race ./...

bench: ## a table: figure, limit in the same run, ratio
	@sh test/bench.sh

plays: ## the workspace in a real browser, with nothing else running beside it
	@go test -timeout 20m -count=1 -v ./test/play

peers: ## the bars of the mail corpora, as a table
	@sh test/peers.sh

clean:
	rm -rf bin .cache

# Targets are set-up-free: each installs or builds what it needs.
GO      ?= go
VERSION := $(shell cat VERSION)
DATE    ?= $(shell date -u -d @$${SOURCE_DATE_EPOCH:-$$(git log -1 --format=%ct 2>/dev/null || date +%s)} +%m/%d,%Y)
LDFLAGS := -s -w -X 'keepalived/internal/version.Version=$(VERSION)' -X 'keepalived/internal/version.Date=$(DATE)'
export CGO_ENABLED = 0

.PHONY: outages build test unit lab race lint golden man fuzz sim demo deps clean

build:
	$(GO) build -trimpath -ldflags "$(LDFLAGS)" -o bin/keepalived ./cmd/keepalived

demo: build
	$(GO) run ./test/demo -binary bin/keepalived

# Everything: the linters of the toolchain, all tests beside the code, and the
# lab with our binary and the C daemon.
test: deps build lint
	LAB_REQUIRED=$${CI:+1} GUEST_REQUIRED=$${CI:+1} $(GO) test -timeout 40m $$($(GO) list ./... | grep -v /test/)
	LAB_REQUIRED=$${CI:+1} GUEST_REQUIRED=$${CI:+1} $(GO) test -p 1 -timeout 40m ./test/...

unit:
	$(GO) test ./cmd/... ./internal/...

race:
	CGO_ENABLED=1 $(GO) test -race ./cmd/... ./internal/...

lint:
	@test -z "$$(gofmt -l cmd internal test docs packaging)" || { gofmt -l cmd internal test docs packaging; echo "gofmt: the files above"; exit 1; }
	$(GO) vet ./...

# Rewrites the expected texts of golden files; read the diff before committing it.
golden:
	$(GO) test ./internal/config ./internal/config/report ./internal/vrrp/fsm -update

# Rewrites the manual page keepalived.conf(5) from the keyword tables.
man:
	$(GO) test ./internal/config/manual -update

# What docs/reliability.md shows, with the C daemon beside ours.
outages:
	$(GO) test ./test/lab/outages -timeout 60m -count 1 -run TestOutages -full -report $(CURDIR)/docs/reliability.md

fuzz:
	./test/fuzz.sh $(FUZZTIME)

sim:
	$(GO) test ./internal/vrrp/fsm -run Sim -sim.episodes=$${EPISODES:-1000000} -sim.first=$${FIRST:-1} -timeout 0

deps:
	./test/deps.sh

clean:
	rm -rf bin .cache

include packaging/install.mk

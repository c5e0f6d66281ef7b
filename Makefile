# Thin: the scripts do the work and say more with --help.
.PHONY: help build run test bench format lint check clean

help: ## This list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile
build: ## The release program, build/release/rowan
	@scripts/setup build
	@scripts/build
run: build ## The program with a small application around it, at http://localhost:4000
	@exec build/release/rowan serve --dev
test: ## Every test, on SQLite and PostgreSQL
	@scripts/setup test
	@scripts/test
bench: ## The benchmarks, as ratios
	@scripts/setup bench
	@scripts/bench
format: ## Format every source file
	@scripts/format
lint: ## Check formatting, dependencies between folders, and changed files with clang-tidy
	@scripts/lint
check: ## Everything CI does, and more
	@scripts/check
clean: ## Delete everything that was built
	rm -rf build

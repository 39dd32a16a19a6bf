# Everyday commands; each is plain cargo underneath.

# Format, lint, write the documents, test.
dev: fmt lint openapi test

fmt:
    cargo fmt

lint:
    cargo clippy --all-targets -- -D warnings

test:
    cargo test

openapi:
    cargo run --quiet -- openapi

bench:
    cargo bench

# Licences and advisories; needs cargo-deny.
deny:
    cargo deny check

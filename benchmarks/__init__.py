"""Speed and memory, beside a peer's or a floor's in the same run: `python -m benchmarks`. See README.md."""

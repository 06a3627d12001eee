.PHONY: hostile

# Everything in data/hostile, folder by folder; minutes. See benchmarks/hostile.py.
hostile:
	sh scripts/setup dev
	.venv/bin/python benchmarks/hostile.py

.PHONY: faults

# A thousand WARCs with faults of known place. See tests/warc_faults.py.
faults:
	sh scripts/setup dev
	FIRSTHAND_FAULTS=1000 .venv/bin/python -m pytest -q tests/test_warc.py

"""firsthand: who has a story firsthand, who repeats it, and which words show it."""

__version__ = "0.1.0"

"""The analytics warehouse for contact and release events in Something-Something V2 videos."""

__version__ = "0.1.0"

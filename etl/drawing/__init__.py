"""Pictures with their events: on frames, on contact sheets, in clips."""

"""The frames of many videos: which are done, what decodes the rest, what each extraction writes."""

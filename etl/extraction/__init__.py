"""The frames of many videos: which are done, who decodes the rest, what each extraction leaves."""

"""What pages share: questions with their answers, blocks, charts' style, and how they become HTML and Markdown."""

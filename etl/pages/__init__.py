"""What pages share: questions and answers, blocks, the charts' style, and rendering as HTML and Markdown."""

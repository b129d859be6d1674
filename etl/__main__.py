"""`python -m etl` is `contact-release`."""

from etl.cli import main

main()

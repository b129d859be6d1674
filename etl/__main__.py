"""`python -m etl` is `contact-release`."""

from etl.cli import main

if __name__ == "__main__":
    main()

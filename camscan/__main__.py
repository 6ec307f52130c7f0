"""`python -m camscan` and the console script start here."""

from camscan.cli.main import main

if __name__ == "__main__":
    main()

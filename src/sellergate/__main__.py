"""`python -m sellergate`: the command line."""

from sellergate.cli import main

if __name__ == "__main__":
    main()

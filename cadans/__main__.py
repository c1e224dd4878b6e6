"""`python -m cadans` is the `cadans` command."""

from cadans.cli.main import main

main()

"""`python -m renwang.ops` is `renwang`, also where the console script is not installed."""

from renwang.ops.cli import main

main()

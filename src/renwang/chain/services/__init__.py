"""What can be done to the chain, by stage of life; import the module and call its verb.

`units` found and change a place, `division` moves, splits and merges places,
`posts` fill them, `people`, `organisations` and `homes` keep who and what is
there, `grants` and `accounts` say who may act.
"""

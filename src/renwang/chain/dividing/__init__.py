"""Divide well: propose the grids of a community from its buildings, their work and the terrain (C2).

`ground` says which buildings are neighbours and what lies between them,
`parting` cuts the ground into grids, `measuring` says how good a division is,
`proposing` sets one beside that which stands. All are pure: numbers in, numbers out.
"""

from renwang.chain.dividing.ground import Barrier, Ground, lay_out
from renwang.chain.dividing.measuring import Measures, measure, pair_up
from renwang.chain.dividing.parting import CannotDivide, divide, rebalance
from renwang.chain.dividing.proposing import Piece, Proposal, Weights, propose, weigh

__all__ = [
    "Barrier",
    "CannotDivide",
    "Ground",
    "Measures",
    "Piece",
    "Proposal",
    "Weights",
    "divide",
    "lay_out",
    "measure",
    "pair_up",
    "propose",
    "rebalance",
    "weigh",
]

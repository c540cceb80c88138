"""Draw the pictures of chapters 7 and 10: python docs/draw_judging.py"""

from pathlib import Path

import fer_edu as fe
from fer_edu import plots_paper
from fer_edu.widgets.confusion import ConfusionState

FOLDER = Path(__file__).parent / "images"


def main():
    test = fe.data.load("faces", split="test", size=2000, seed=0)
    state = ConfusionState(fe.models.pretrained("sdl-faces"), test)
    (FOLDER / "confusion.png").write_bytes(state.png())
    plots_paper.verdicts(fe.paper.ledger()).savefig(FOLDER / "verdicts.png", dpi=100)


if __name__ == "__main__":
    main()

"""Draw the pictures of chapters 5 and 6: python docs/draw_network.py"""

from pathlib import Path

import fer_edu as fe
from fer_edu import plots_network, plots_worth

FOLDER = Path(__file__).parent / "images"


def main():
    face = fe.data.load("faces", split="test", size=4).images[3]
    plots_network.network(fe.models.create("sdl", seed=0), face).savefig(FOLDER / "network.png", dpi=100)
    plots_worth.ablation(fe.records.read("ablation")).savefig(FOLDER / "ablation.png", dpi=100)


if __name__ == "__main__":
    main()

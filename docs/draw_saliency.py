"""Draw the pictures of chapters 8 and 9: python docs/draw_saliency.py"""

from pathlib import Path

import fer_edu as fe
from fer_edu import plots_deconvnet, plots_saliency, saliency
from fer_edu.widgets import SaliencyState

FOLDER = Path(__file__).parent / "images"


def main():
    model = fe.models.pretrained("sdl-faces")
    faces = fe.data.load("faces", split="test", size=300, seed=0)
    methods = ("edges", "guided backprop", "integrated gradients", "occlusion")
    surprised = int((faces.labels == faces.classes.index("surprise")).nonzero()[0])
    state = SaliencyState(model, faces, methods=methods, face=surprised)
    (FOLDER / "saliency.png").write_bytes(state.png())

    board = fe.records.read("leaderboard")
    rows = board["rows"]["methods"] + board["rows"]["controls"]
    scores = {row: board["table"][row]["part removal"] for row in rows}
    ranked = {row: (score["mean"], score["half"]) for row, score in scores.items()}
    sheet = plots_saliency.ranking(ranked, "part removal (rank correlation)", controls=board["rows"]["controls"])
    sheet.savefig(FOLDER / "leaderboard.png", dpi=100)

    layers = ("baseline 1", "baseline 2", "baseline 3", "baseline 4")
    found = {layer: saliency.strongest(model, faces.images, layer, range(3)) for layer in layers}
    plots_deconvnet.top_nine(found, maps=3).savefig(FOLDER / "top-nine.png", dpi=100)


if __name__ == "__main__":
    main()

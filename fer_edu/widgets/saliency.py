"""Up to four saliency maps of one face side by side: which of them tells the truth about the network?"""

import html

import ipywidgets

from .compared_maps import QUICK
from .saliency_picture import draw
from .saliency_state import ANSWER, NOTHING, OWN, OWN_LAYER, SAME, SaliencyState
from .view import View, encode

__all__ = ["SaliencyComparison", "SaliencyState"]


class SaliencyComparison(View):
    """Sliders for the face, the class, four methods and the layer, above the face and the maps.

    Sliders and not lists, since in JupyterLab an arrow down on a closed list goes to the next cell of the notebook.
    """

    def __init__(self, state):
        style, layout = {"description_width": "70px"}, {"width": "380px"}

        def choice(text, options, value):
            return ipywidgets.SelectionSlider(
                options=options, value=value, description=text, style=style, layout=layout, continuous_update=False
            )

        places = [*state.methods, *[NOTHING] * (4 - len(state.methods))]
        state.methods = places
        controls = {
            "face": ipywidgets.IntSlider(
                value=state.face, min=0, max=len(state.faces) - 1, description="face", style=style, layout=layout
            ),
            "target": choice("class", (ANSWER, *state.classes), state.target),
            "layer": choice("CAM layer", (OWN_LAYER, *state.layers), state.layer),
        }
        for k, name in enumerate(places):
            controls[f"method {k + 1}"] = choice(f"map {k + 1}", (*state.choices, NOTHING), name)
        controls["scale"] = ipywidgets.ToggleButtons(
            options=(OWN, SAME),
            value=state.scale,
            description="scale",
            style=style | {"button_width": "160px"},
            layout={"width": "430px"},
        )
        for name, text in (("over", "on the face"), ("cue", "outline the cue"), ("look", "outline the look")):
            controls[name] = ipywidgets.Checkbox(
                value=getattr(state, name), description=text, indent=False, layout={"width": "150px"}
            )
        self.below = ipywidgets.HTML()
        super().__init__(state, controls)
        wrap = {"flex_flow": "row wrap"}
        dials = ipywidgets.HBox(
            [
                ipywidgets.VBox([controls[name] for name in ("face", "target", "layer")]),
                ipywidgets.VBox([controls[f"method {k}"] for k in (1, 2, 3, 4)]),
            ],
            layout=wrap,
        )
        toggles = ipywidgets.HBox([controls[name] for name in ("scale", "over", "cue", "look")], layout=wrap)
        self.children = (dials, toggles, self.words, self.image, self.below)

    def field(self, name):
        if name.startswith("method "):
            return self.state.methods[int(name[-1]) - 1]
        return super().field(name)

    def _moved(self, name, value):
        if name.startswith("method "):
            names = list(self.state.methods)
            names[int(name[-1]) - 1] = value
            self.state.methods = names
            self.redraw()
        else:
            super()._moved(name, value)

    def redraw(self):
        """Draw the state; a map that takes long does not keep the others waiting."""
        state = self.state
        self.words.value = html.escape(state.describe())
        for name in sorted(state.missing, key=lambda name: name not in QUICK):
            if name not in QUICK and len(state.missing) < len(state.named):
                self.image.value = encode(draw(state))
            state.map(name)
        self.image.value = encode(draw(state))
        self.below.value = "<br>".join(html.escape(note) for note in state.notes())

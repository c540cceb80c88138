"""What others report on FER-2013, from their own papers and code: no number here was measured by us.

Gathered from abstracts, repositories and their issue pages; "" where the source that was read does not say.
"""

from dataclasses import dataclass

from .printed import Printed


@dataclass(frozen=True)
class Reported:
    """accuracy in percent, as its own source prints it. reference: number in the paper's list, "" if not cited.

    split: the pictures that were scored. selection: what chose the epoch. start: the weights it began with. views: how
    often it looks at a picture. source: where this was read. single: False for an ensemble of networks.
    """

    name: str
    accuracy: Printed
    year: int
    split: str
    selection: str
    start: str
    views: str
    source: str
    reference: str = ""
    single: bool = True


def _reported(name, accuracy, *others, **keywords):
    return Reported(name, Printed(accuracy), *others, **keywords)


REPORTED = (
    _reported(
        "people (Goodfellow et al.)",
        "65",
        2013,
        "a sample",
        "",
        "",
        "one",
        "arXiv 1307.0414: about 65 ± 5",
        single=True,
    ),
    _reported("winner of the 2013 challenge", "71.16", 2013, "PrivateTest", "", "from scratch", "", "arXiv 1307.0414"),
    _reported(
        "Ionescu et al.: bag of visual words",
        "67.48",
        2013,
        "PrivateTest",
        "",
        "no network",
        "one",
        "ICML 2013 workshop on representation learning",
        reference="[9]",
    ),
    _reported(
        "Pramerdorfer and Kampel: VGG",
        "72.7",
        2016,
        "PrivateTest",
        "",
        "from scratch",
        "",
        "arXiv 1612.02903",
    ),
    _reported(
        "Pramerdorfer and Kampel: eight networks",
        "75.2",
        2016,
        "PrivateTest",
        "",
        "from scratch",
        "",
        "arXiv 1612.02903",
        single=False,
    ),
    _reported(
        "Georgescu et al.: local learning",
        "75.42",
        2019,
        "",
        "",
        "pre-trained on faces, with handcrafted features",
        "",
        "arXiv 1804.10892, abstract",
        reference="[21]",
        single=False,
    ),
    _reported(
        "Minaee et al.: attentional network",
        "70.02",
        2021,
        "",
        "",
        "from scratch",
        "",
        "arXiv 1902.01019; users of a public version report 47 to 55: github omarsayed7/Deep-Emotion #4, #5, #15",
        reference="[17]",
    ),
    _reported(
        "WuJie1010: VGG19",
        "73.11",
        2018,
        "PrivateTest",
        "the best epoch on PrivateTest itself",
        "from scratch",
        "ten crops",
        "github WuJie1010/Facial-Expression-Recognition.Pytorch",
    ),
    _reported(
        "Khaireddin and Chen: VGG",
        "73.28",
        2021,
        "PublicTest in the code",
        "PrivateTest in the code",
        "from scratch",
        "ten crops",
        "arXiv 2105.03588; github usef-kh/fer",
    ),
    _reported(
        "Pham et al.: residual masking",
        "74.14",
        2020,
        "PrivateTest",
        "not on the scored pictures",
        "ImageNet, 224 pixels",
        "ten random views",
        "github phamquiluan/ResidualMaskingNetwork; users report 65.6 to 73.6: #9",
    ),
    _reported(
        "Yang et al.: RASN",
        "71.44",
        2022,
        "called validation accuracy",
        "",
        "",
        "",
        "doi 10.1109/ACCESS.2022.3210109, abstract",
        reference="[7]",
    ),
)


def own_figure(reference):
    """Return what a work of the paper's list ("[21]") reports itself, a `Reported`, or None where we do not know."""
    return next((r for r in REPORTED if r.reference == reference), None)

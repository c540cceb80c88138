"""What is known about each data set: who is in it, how it was made and labelled, where and on what terms it is got.

The error for a missing set and the tables of notebook 01 are both made from here. Only what its source says is stated;
what no source says reads "not recorded".
"""

import os
from dataclasses import dataclass

from ..errors import DataError
from .tree import shown


@dataclass(frozen=True)
class About:
    """One published data set. Every field but `counts` is text to be read by people.

    counts: class -> published number of pictures, or None where only `pictures` is known. unit: what `counts` counts.
    layouts: the ways in which files may lie on the disk. terms, obtain: parts of a sentence.
    """

    name: str
    title: str
    pictures: int
    size: str
    people: str
    made: str
    labelled: str
    terms: str
    obtain: str
    layouts: tuple
    source: str
    counts: dict | None = None
    unit: str = "pictures"

    @property
    def variable(self):
        """The environment variable that may hold the set's folder, such as CKPLUS_ROOT."""
        return f"{self.name.upper()}_ROOT"

    @property
    def advice(self):
        """What somebody without a copy can do, as the end of an error's sentence."""
        return (
            f"get it, under its terms ({self.terms}), from {self.obtain} (it is not downloaded for you) and give its "
            f"folder as root or in {self.variable}; read are {', '.join(self.layouts[:-1])}"
            f"{' and ' if self.layouts[1:] else ''}{self.layouts[-1]}"
        )

    def root(self, given=None):
        """Return the folder to read, `given` or the environment's, or raise a DataError that says where to get one."""
        root = given or os.environ.get(self.variable)
        if not root:
            raise DataError(
                f"expected the folder of {self.title}, found neither root nor {self.variable}: {self.advice}."
            )
        if not os.path.exists(os.path.expanduser(root)):
            raise DataError(f"expected {self.title} in {shown(root)}, found nothing there: {self.advice}.")
        return root

    def absent(self, root):
        """Return the DataError for a folder that holds something else."""
        return DataError(f"expected {self.title} in {shown(root)}, found none of its layouts there: {self.advice}.")


ABOUT = {
    about.name: about
    for about in (
        About(
            name="fer2013",
            title="FER-2013",
            pictures=35_887,
            size="48 x 48, grey",
            people="not recorded: whoever Google's image search showed in 2013",
            made="found: about 600 searches for 184 emotion words, joined with words for gender, age or ethnicity; "
            "faces cut out by OpenCV's detector",
            labelled="by the word searched for; people threw out wrong ones, mended the cropping and removed some "
            "duplicates; then grouped into seven classes",
            terms="the challenge's rules, which one accepts on Kaggle; the pictures carry no licence to hand them on",
            obtain="the Kaggle challenge 'Challenges in Representation Learning: Facial Expression Recognition'",
            layouts=(
                "fer2013.csv",
                "icml_face_data.csv",
                "fer2013.npz",
                "train.csv with test.csv",
                "folders train|val|test/<class>/*.jpg or *.png",
            ),
            source="Goodfellow et al. 2013, Challenges in Representation Learning: A report on three machine learning "
            "contests, arXiv:1307.0414",
            counts={
                "angry": 4953,
                "disgust": 547,
                "fear": 5121,
                "happy": 8989,
                "sad": 6077,
                "surprise": 4002,
                "neutral": 6198,
            },
        ),
        About(
            name="ferplus",
            title="FER+",
            pictures=35_887,
            size="no pictures: ten votes for each of FER-2013's",
            people="those of FER-2013",
            made="ten crowd workers named the emotion in each picture of FER-2013, or said 'unknown' or 'not a face'",
            labelled="eight emotions, contempt among them; the votes themselves are published, row by row",
            terms="the MIT licence",
            obtain="github.com/microsoft/FERPlus",
            layouts=("fer2013new.csv, beside or apart from FER-2013",),
            source="Barsoum, Zhang, Canton Ferrer and Zhang 2016, Training Deep Networks for Facial Expression "
            "Recognition with Crowd-Sourced Label Distribution, arXiv:1608.01041",
        ),
        About(
            name="ckplus",
            title="CK+",
            pictures=327,
            size="640 x 490 or 640 x 480, mostly grey; the CK+48 copy 48 x 48",
            people="123 of 210 adults who were filmed: 18 to 50 years old, 69 % women, 81 % Euro-American, "
            "13 % Afro-American, 6 % others",
            made="posed on instruction and filmed, from the neutral face to the strongest frame: 593 sequences",
            labelled="from the action units that trained people coded in the last frame: 327 of the 593 sequences fit "
            "an emotion's definition, the others have no label",
            terms="a signed agreement",
            obtain="www.jeffcohn.net/Resources by its agreement form",
            layouts=(
                "cohn-kanade-images/S005/001/S005_001_00000011.png with Emotion/S005/001/S005_001_00000011_emotion.txt",
                "CK+48/<class>/S010_004_00000017.png",
            ),
            source="Lucey, Cohn, Kanade, Saragih, Ambadar and Matthews 2010, The Extended Cohn-Kanade Dataset (CK+), "
            "doi:10.1109/CVPRW.2010.5543262, table 4",
            counts={
                "angry": 45,
                "disgust": 59,
                "fear": 25,
                "happy": 69,
                "sad": 28,
                "surprise": 83,
                "contempt": 18,
            },
            unit="labelled sequences",
        ),
        About(
            name="jaffe",
            title="JAFFE",
            pictures=213,
            size="256 x 256, grey",
            people="10 Japanese women",
            made="posed: six expressions and a neutral face, several pictures of each by each woman",
            labelled="by the expression that was posed; 60 Japanese viewers also rated each picture for six emotions",
            terms="non-commercial scientific research, with its source cited",
            obtain="zenodo.org/record/3451524 by a request that follows its instructions",
            layouts=("KA.AN1.39.tiff (poser, expression and its number, running number), in one folder or several",),
            source="Lyons, Akamatsu, Kamachi and Gyoba 1998, Coding Facial Expressions with Gabor Wavelets, "
            "doi:10.1109/AFGR.1998.670949; doi:10.5281/zenodo.3451524",
            counts={
                "angry": 30,
                "disgust": 29,
                "fear": 32,
                "happy": 31,
                "sad": 31,
                "surprise": 30,
                "neutral": 30,
            },
        ),
        About(
            name="ferg",
            title="FERG",
            pictures=55_767,
            size="256 x 256, RGBA",
            people="nobody: six stylised characters, male (Ray, Malcolm, Jules) and female (Bonnie, Mery, Aia)",
            made="modelled in Maya and rendered in 2D: an animator posed each expression",
            labelled="key poses by workers on Mechanical Turk",
            terms="those of its form; the paper is to be cited",
            obtain="grail.cs.washington.edu/projects/deepexpr/ferg-2d-db.html by its form",
            layouts=("FERG_DB_256/aia/aia_anger/aia_anger_1.png",),
            source="Aneja, Colburn, Faigin, Shapiro and Mones 2016, Modeling Stylized Character Expressions via Deep "
            "Learning, Asian Conference on Computer Vision",
        ),
    )
}
"""Name -> `About`, in the order of the course."""


def about(name):
    """Return the `About` of one data set. Raises DataError on a name that is none of `ABOUT`'s."""
    if name not in ABOUT:
        raise DataError(f"expected a data set out of {', '.join(ABOUT)}, found {name!r}: name one of those.")
    return ABOUT[name]

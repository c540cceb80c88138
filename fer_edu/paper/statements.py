"""What the paper states outside its tables: words of each sentence, where it stands, and its numbers as printed."""

from dataclasses import dataclass, replace

from ..errors import DataError
from .printed import Printed


@dataclass(frozen=True)
class Statement:
    """key: a short name. where: section and what to look for. words: quoted. numbers: name -> `Printed`."""

    key: str
    where: str
    words: str
    numbers: dict

    def with_number(self, name, text):
        """Return the statement with another number; DataError where it has none of that name."""
        if name not in self.numbers:
            raise DataError(f"expected a number out of {', '.join(self.numbers)}, found {name!r}: name one of those.")
        old, new = self.numbers[name], Printed(text)
        return replace(self, numbers=self.numbers | {name: Printed(text, max(old.decimals, new.decimals))})


def _statement(key, where, words, **numbers):
    return Statement(key, where, words, {name.replace("_", " "): Printed(text) for name, text in numbers.items()})


STATEMENTS = (
    _statement(
        "abstract",
        "abstract",
        "maximizing the accuracy, i.e., 74.92%. It also maximizes the correct prediction of emotions at 99.47%, and "
        "98.5% for a large number of samples on the CK+ and FERG datasets, respectively.",
        **{"FER-2013": "74.92%", "CK+": "99.47%", "FERG": "98.5%"},
    ),
    _statement(
        "attentional",
        "section 2.1",
        "which has less than ten layers, with four convolutional layers [...] They claim to have outperformed the "
        "competition (70.02 percent for FER-2013).",
        layers="10",
        accuracy="70.02",
    ),
    _statement(
        "words",
        "section 2.3",
        "his model came in fourth place with a final test set accuracy of 67.48 percent",
        accuracy="67.48",
    ),
    _statement(
        "handcrafted", "section 2.4", "The maximum accuracy in this dataset was 66.31 percent.", accuracy="66.31"
    ),
    _statement(
        "googlenet",
        "section 2.5",
        "the network has 22 layers [...] has 12 times fewer parameters than the AlexNet design",
        layers="22",
        times="12",
    ),
    _statement(
        "alexnet",
        "section 2.7",
        "55x55x96 = 290400 neurons, each with 11x11x3 = 363 weights and 1 bias, for a total of 105705600 "
        "(=290400x364) parameters",
        side="55",
        kernels="96",
        kernel="11",
        colours="3",
        neurons="290400",
        weights="363",
        parameters="105705600",
    ),
    _statement(
        "baseline",
        "section 3",
        "the baseline model (Figure 4), which is made up of four convolutional layers (max-pooling and ReLU)",
        convolutions="4",
    ),
    _statement(
        "localisation",
        "section 3.1",
        "two fully connected layers and three convolutional parts (each convolutional layer followed by maxpooling "
        "and ReLU)",
        linear="2",
        convolutions="3",
    ),
    _statement(
        "FER-2013",
        "section 4.1",
        "The majority of the 35,887 images [...] The validation set contained 3589 images and the same number of "
        "images as the testing set, there were 28,709 images in the training set.",
        all="35,887",
        validation="3589",
        test="3589",
        training="28,709",
    ),
    _statement(
        "CK+",
        "section 5",
        "Only 327 of the 593 sequences from 123 patients have been tagged with expression labels.",
        labelled="327",
        sequences="593",
        people="123",
    ),
    _statement("JAFFE", "section 4.3", "213 images of ten Japanese female models", pictures="213"),
    _statement(
        "FERG",
        "section 4.4",
        "there are 55,767 annotated face pictures of six stylised creatures",
        pictures="55,767",
    ),
    _statement(
        "recipe",
        "section 5",
        "for 300 epochs [...] random Gaussian numbers with a mean value of zero and a standard deviation of 0.05. The "
        "learning rate starts at 0.03 and decreases at a rate of 0.9 per 10 epochs",
        epochs="300",
        deviation="0.05",
        rate="0.03",
        factor="0.9",
        every="10",
        lambda1="0.001",
        lambda2="0.01",
    ),
    _statement(
        "epoch 184",
        "section 5",
        "During training on epoch number 184, the training loss was 0.00484363, the validation loss was 0.00454711, "
        "and on the FER-2013 dataset, we achieved a training accuracy of 74.92 percent and a validation accuracy of "
        "76.26 percent.",
        epoch="184",
        training_loss="0.00484363",
        validation_loss="0.00454711",
        training="74.92",
        validation="76.26",
    ),
    _statement(
        "training accuracy",
        "section 5",
        "On the FERG and CK+ datasets, we achieved a training accuracy of 99.47% and 98.5%, respectively.",
        **{"FERG": "99.47%", "CK+": "98.5%"},
    ),
    _statement(
        "imbalance",
        "section 5",
        "There are many more cases in some classes, such as neutral and joyful.",
    ),
    _statement(
        "80/10/10",
        "section 5",
        "In each case, the proposed SDL architecture was trained on 80% of the images in the dataset, leaving 20% for "
        "testing and validation, and the accuracy over the test set (10% of images) was reported.",
        training="80%",
        test="10%",
    ),
    _statement(
        "split",
        "section 5",
        "trained using 80 percent (28,707) of the images [...] validated with 10% (3588) [...] tested with 10% (3589) "
        "of the images [...] In the test images, we achieved an accuracy rate of 74.92 percent.",
        training="28,707",
        validation="3588",
        test="3589",
        accuracy="74.92",
    ),
    _statement(
        "FERG split",
        "section 5",
        "around 34,000 pictures for training, 14,000 for validation, and 7000 for testing. We chose 1000 images at "
        "random for each face expression to test. We were able to obtain a rate of 99.3 percent accuracy.",
        training="34,000",
        validation="14,000",
        test="7000",
        a_class="1000",
        accuracy="99.3",
    ),
    _statement(
        "15 runs",
        "section 5.1",
        "we performed the experiment n=15 times for each dataset [...] For 95% Z value is 1.96",
        runs="15",
        z="1.96",
    ),
    _statement(
        "counts",
        "section 5.2",
        "Happy: 876/879, angry: 241/491, fear: 167/528, sad: 325/594, surprised: 414/416, and neutral: 611/626. The "
        "proposed model recognizes 2689 correct facial expressions out of 3589 emotions, for a 74.923 % accuracy.",
        angry="241",
        fear="167",
        happy="876",
        sad="325",
        surprise="414",
        neutral="611",
        angry_pictures="491",
        fear_pictures="528",
        happy_pictures="879",
        sad_pictures="594",
        surprise_pictures="416",
        neutral_pictures="626",
        right="2689",
        pictures="3589",
        accuracy="74.923",
    ),
    _statement(
        "conclusion",
        "section 6",
        "outstanding accuracy of 74.923% on the FER 2013 dataset. It also improved emotion prediction accuracy on the "
        "FERG and CK+ datasets, i.e., 99.47% and 98.5%, respectively.",
        **{"FER-2013": "74.923%", "FERG": "99.47%", "CK+": "98.5%"},
    ),
    _statement(
        "size",
        "section 6",
        "Our model is smaller in size than most other CNN models [...] it includes fewer hyper parameters and only 4 "
        "convolutional layers instead of others' equal to or more than 10-layer models.",
        convolutions="4",
        others="10",
    ),
)

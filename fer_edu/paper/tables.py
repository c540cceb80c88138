"""The nine tables of the paper, as they are printed, also where they contradict each other.

Khan, Singh and Agrawal 2023, Annals of Emerging Technologies in Computing 7(2), CC BY 4.0,
DOI 10.33166/AETiC.2023.02.002. Words that the page's layout ran together in table 1 are set apart again.
"""

from .table import CkCounts, FerCounts, Rival, Scores, SeedInterval, Table, Technique, rows_of

TABLE_1 = Table(
    1,
    "Performance comparison of various recent state-of-the-art techniques for FER",
    "2.7",
    rows_of(
        Technique,
        (
            "Attentional CNN",
            "CK+, FERG, FER-2013, JAFFE",
            "70.02%",
            "They don't test FER-2013 using the regular size of data.",
            "2 fully connected layers and fewer than 10 convolutional layers",
            "[17]",
        ),
        (
            "Deep Neural Network",
            "FERG, JAFEE, FER-2013, CK+",
            "66.40%",
            "With higher convolutions, global characteristics are approached.",
            "Locally, lower convolutions are employed. Better local feature detection is made possible by the deep NN "
            "inception layer.",
            "[20]",
        ),
        (
            "Bag of visual Words model using local learning",
            "FER-2013",
            "67.48%",
            "High computational complexity is involved in multiple kernel learning.",
            "Empirical results show that the accuracy of recognition is increased by 5% when presence vector, local "
            "learning, and spatial information are combined. capable of identifying face emotion in pictures with low "
            "resolution",
            "[9]",
        ),
        (
            "Handcrafted Deep Features",
            "FER-2013",
            "66.31%",
            "Uneven heavy network and hyperparameters",
            "Sparse Dense An artificial feature experiment called Dense makes use of a number of CNN models, "
            "pre-trained architectures, and training techniques. SVM is applied to categorization. FER-2013 dataset "
            "cutting-edge results production",
            "[21]",
        ),
        (
            "GoogleLeNet",
            "CK+, FER-2013, FERG, JAFFE",
            "65.20%",
            "utilising huge networks and high training parameters",
            "Sparse matrices, which are arranged into closely packed submatrices and have 12 times less parameters "
            "than AlexNet design, produce state-of-the-art outcomes.",
            "[22]",
        ),
        (
            "Unsupervised GAN (Generative Adversarial Network)",
            "JAFFE, FERG, CK+, FER-2013",
            "65.30%",
            "More complexity in computation",
            "Boost CNN's performance across datasets",
            "[23]",
        ),
    ),
)

TABLE_2 = Table(
    2,
    "FER-2013",
    "5",
    rows_of(
        FerCounts,
        ("Training", "3995", "436", "4096", "7214", "4830", "3171", "4965", "28707"),
        ("Validation & Testing", "958", "111", "1024", "1774", "1247", "831", "1232", "7177"),
    ),
)

TABLE_3 = Table(
    3,
    "Result comparison on FER-2013 dataset with proposed model",
    "5",
    rows_of(
        Rival,
        ("SoC based FER", "[24]", "66%"),
        ("Yang & Lv", "[7]", "71.44%"),
        ("Google Net", "[22]", "65.2%"),
        ("Sho and Cheng", "[6]", "66.17%"),
        ("Xiaoqing and Wang", "[23]", "65.3%"),
        ("Georgescu and Mariana", "[21]", "66.31%"),
        ("Shervin and Mehdi", "[17]", "70.02%"),
        ("Deep learning STN model", "[5]", "71.36%"),
        ("The proposed Model", "", "74.923%"),
    ),
)

TABLE_4 = Table(
    4,
    "CK+ Dataset",
    "5",
    rows_of(CkCounts, ("Training & Testing", "45", "59", "25", "69", "28", "83", "18", "327")),
)

TABLE_5 = Table(
    5,
    "Result comparison on CK+ dataset with proposed model",
    "5",
    rows_of(
        Rival,
        ("Yang and Lv", "[7]", "96.97%"),
        ("Zhang and Zheng", "[31]", "97.2%"),
        ("Zhao and Liang", "[28]", "97.3%"),
        ("Eleyan and Akdemir", "[32]", "97.8%"),
        ("Shervin and Mehdi", "[17]", "98.0%"),
        ("Deep learning STN model", "[5]", "98.3%"),
        ("The proposed Model", "", "98.5%"),
    ),
)

TABLE_6 = Table(
    6,
    "Result comparison on FERG dataset with proposed model",
    "5",
    rows_of(
        Rival,
        ("Deepali and Colburn", "[15]", "89.02%"),
        ("Hang & Liu", "[33]", "97.0%"),
        ("Deep learning STN model", "[5]", "98.3%"),
        ("Shervin and Mehdi", "[17]", "99.3%"),
        ("The proposed Model", "", "99.47%"),
    ),
)

TABLE_7 = Table(
    7,
    "95% confidence level intervals",
    "5.1",
    rows_of(
        SeedInterval,
        ("FERG", "99.468", "0.17", "15", "95%", "99.47", "0.0863"),
        ("CK+", "99.512", "0.26", "15", "95%", "99.51", "0.1316"),
        ("FER-2013", "74.923", "0.32", "15", "95%", "74.92", "0.1619"),
    ),
)

TABLE_8 = Table(
    8,
    "Evaluated metrics for emotion classification on FER-2013 dataset",
    "5.1",
    rows_of(
        Scores,
        ("Angry", "0.512765957", "0.490835031", "0.501560874"),
        ("Disgust", "1", "1", "1"),
        ("Fear", "0.575862069", "0.316287879", "0.408312958"),
        ("Happy", "0.974416018", "0.996587031", "0.985376828"),
        ("Sad", "0.516693164", "0.547138047", "0.531479967"),
        ("Surprise", "1", "0.995192308", "0.997590361"),
        ("Neutral", "0.734375", "0.976038339", "0.838134431"),
        decimals=9,
    ),
)

TABLE_9 = Table(
    9,
    "Evaluated metrics for emotion classification on FERG dataset",
    "5.1",
    rows_of(
        Scores,
        ("Angry", "0.995995996", "0.995", "0.995497749"),
        ("Disgust", "0.995987964", "0.993", "0.994491738"),
        ("Fear", "0.993006993", "0.994", "0.993503248"),
        ("Happy", "0.997", "0.997", "0.997"),
        ("Sad", "0.994005994", "0.995", "0.994502749"),
        ("Surprise", "0.992031873", "0.996", "0.994011976"),
        ("Neutral", "0.99498998", "0.993", "0.993993994"),
        decimals=9,
    ),
)

TABLES = (TABLE_1, TABLE_2, TABLE_3, TABLE_4, TABLE_5, TABLE_6, TABLE_7, TABLE_8, TABLE_9)

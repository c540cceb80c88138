# %% [markdown]
# # 01 · Data sets
#
# <!-- badges -->
#
# **What is in the data before any model?**
#
# A network can only learn what its pictures and labels hold, and a test can only tell what its pictures ask. So this
# notebook trains no network at all. It looks at the data. After it you will
#
# - know what four famous sets and one drawn set hold, who is in them, and who is missing;
# - know the two scores that every classifier has to beat, and compute them on paper;
# - have seen how far ten people agree on one face, and have labelled twenty faces yourself;
# - have measured what a careless split is worth, in points of accuracy, and be able to write an honest one;
# - be able to audit a set: find its copies, its contradictions and its broken pictures, before a network hides them.
#
# **What you need.** Notebook 00, and shares and square roots. Nothing to download: everything runs on drawn faces and
# on published counts. Where you have a copy of FER-2013, and the environment variable `FER2013_ROOT` names its folder,
# some cells look at that copy as well.
#
# **How long.** About 75 minutes of your time. The computer needs half a minute to a minute on two CPU cores; a GPU is
# not used.

# %% [markdown]
# ## Set up

# %%
# <install>
import os
import textwrap
from dataclasses import replace

import torch

import fer_edu as fe
from fer_edu import plots_data
from fer_edu.data.augmentation import Augmentation, augment
from fer_edu.data.fer2013 import COUNTS
from fer_edu.evaluation import student_t, wilson

torch.manual_seed(0)
fe.plots.style()
classes = fe.emotions.CLASSES
record = fe.records.read("data_sets")  # counts that took long to make; section 4 says how

fer2013 = bool(os.environ.get("FER2013_ROOT"))
SHOW_PHOTOGRAPHS = False  # True draws faces from your own copies in section 2; see there before you set it

# %% [markdown]
# ## 1. Five sets
#
# Most papers on facial expressions report scores on some of these four sets. Only what their makers wrote down is
# printed here.
#
# **Predict.** One of the sets has 55,767 pictures and one has 213. Which of them shows more *people*?

# %%
# NBVAL_CHECK_OUTPUT
for name in ("fer2013", "ckplus", "jaffe", "ferg"):
    about = fe.data.about(name)
    print(f"{about.title}: {about.pictures:,} {about.unit}")
    for field in ("people", "made", "labelled", "terms"):
        print(textwrap.fill(f"  {field:9} {getattr(about, field)}", 110, subsequent_indent=" " * 12))

# %% [markdown]
# FERG shows six characters and no people at all; JAFFE shows ten women. **A bigger number of pictures is not a bigger
# set**: what counts is how many *different* people, situations and opinions are in it. Section 6 measures that.
#
# The fifth set is this course's own: **drawn faces**. A program draws a person, pulls the muscles of an expression
# (the *action units* of Ekman and Friesen's Facial Action Coding System), poses the head and takes the picture. Nobody
# is in it, so nobody had to be asked, and everything about every picture is known. It is also a small world: adults of
# 18 to 80 only, seen from the front, seven expressions as a textbook has them. What holds on drawn faces is shown; that
# it holds on photographs has to be checked on photographs.
#
# **Who is missing?** Read the list again, and look for the people it does not name. CK+ and JAFFE say who their posers
# were, so one can see it: in CK+ nobody below 18 or above 50, and four of five Euro-American; in JAFFE no man. FER-2013
# recorded nothing, so nobody can even say who is missing. And in CK+, JAFFE and FERG every expression was posed or
# modelled on purpose.

# %% [markdown]
# ## 2. The same class in each set
#
# "Happy" is a word. What does it look like? Here are the first three faces of three classes, out of four kinds
# ("presets") of drawn sets. Many of the people come back from left to right. Nobody has picked the faces: they are the
# first that have the label.
#
# **Predict.** In which of the four would you make the most mistakes? And what will make you make them: the picture, the
# expression, or the label?

# %%
presets = {name: fe.faces.sample(60, seed=5, difficulty=name) for name in ("easy", "classroom", "wild", "cartoon")}
plots_data.same_classes(presets, ("happy", "fear", "angry"))

# %% [markdown]
# *Easy* is like a laboratory: everybody looks into the camera and pulls every muscle of the expression. *Classroom* has
# tilted heads and weaker expressions. *Cartoon* has outlines and no skin. *Wild* is like a search on the web: hidden,
# blurred, mixed. And look at its third "fear". She smiles. In this preset 12 % of the labels, on average, are wrong on
# purpose, and since the program drew the faces, it can tell:

# %%
# NBVAL_CHECK_OUTPUT
for name, faces in presets.items():
    wrong = faces.labels != faces.truth.clean_labels
    print(f"{name:10} {wrong.sum()} of {len(faces)} labels are not what was drawn")
third = (presets["wild"].labels == classes.index("fear")).nonzero().flatten()[2]
print("The third fear was drawn as:", classes[presets["wild"].truth.clean_labels[third]])

# %% [markdown]
# CK+ and JAFFE were made in a laboratory, FER-2013 was found on the web, FERG is a cartoon. So the four presets are
# near to the four sets in kind, and in nothing else: the program draws a face from some dozens of numbers, and a
# photograph holds more.
#
# Where your own copies are named by `FER2013_ROOT`, `CKPLUS_ROOT`, `JAFFE_ROOT` or `FERG_ROOT`, set `SHOW_PHOTOGRAPHS`
# to True in the set-up cell, and the next cell draws the same figure from them. The photographs are licensed to you
# alone, or to nobody. **Clear this cell's output before you pass the notebook on.**

# %%
named = {"fer2013": "FER2013_ROOT", "ckplus": "CKPLUS_ROOT", "jaffe": "JAFFE_ROOT", "ferg": "FERG_ROOT"}
mine = [name for name, variable in named.items() if os.environ.get(variable)]
if SHOW_PHOTOGRAPHS and mine:
    copies = {name: fe.data.load(name, split="train" if name == "fer2013" else "all") for name in mine}
    sheet = plots_data.same_classes(copies, ("happy", "fear", "angry"))
else:
    sheet = None
    print("No photograph is drawn.")
sheet

# %% [markdown]
# ## 3. Classes, and two scores to beat
#
# Before any picture, look at the counts.

# %%
counts = {
    "FER-2013, Training": dict(zip(classes, COUNTS["Training"], strict=True)),
    "CK+, sequences": fe.data.about("ckplus").counts,
    "JAFFE": fe.data.about("jaffe").counts,
}
plots_data.class_shares(counts)

# %% [markdown]
# JAFFE is balanced, because each of its ten posers was photographed with every expression. CK+ holds no neutral faces
# at all among its labelled sequences (each *begins* with one), and it has a class of its own, contempt. FER-2013 has
# what a search engine finds: many smiles, and hardly any disgust.
#
# ### By hand: what does a guesser score?
#
# Suppose a test set holds 8 happy and 2 sad faces.
#
# - **Always say happy.** Right on 8 of 10: 80 %.
# - **Guess by class shares**: say happy in 80 % of the cases, at random, and sad in 20 %. A face is happy *and* called
#   happy with the chance $0.8 \cdot 0.8 = 0.64$; sad and called sad, $0.2 \cdot 0.2 = 0.04$. Together 68 %. In
#   general it is $\sum_c p_c^2$, with the class shares $p_c$.
# - **Balanced accuracy** is the mean of the accuracies on each class alone. Always happy has 100 % on happy and 0 % on
#   sad: 50 %, which is what a coin gets.
#
# A classifier with 80 % accuracy on this test may have learned nothing at all.
#
# ### Exercise 01.1: two guessers (paper and pencil)
#
# A test set holds **5 happy, 3 sad and 2 angry** faces. What is the accuracy of always saying happy, the accuracy of
# guessing by class shares, and the *balanced* accuracy of always saying happy? Three shares, from 0 to 1.

# %%
### BEGIN SOLUTION
always_happy = 0.5
by_shares = 0.38
balanced = 1 / 3
### END SOLUTION

# %%
# NBVAL_CHECK_OUTPUT
fe.exercises.check("01.1", (always_happy, by_shares, balanced))

# %% [markdown]
# **Predict.** On FER-2013's last test part, PrivateTest, 879 of 3,589 faces are happy. What do the two guessers score
# there? Which one is better, and can it be otherwise?

# %%
# NBVAL_CHECK_OUTPUT
n = torch.tensor(COUNTS["PrivateTest"], dtype=torch.float64)
share = n / n.sum()
print(f"always happy             {share.max():.1%}")
print(f"guessing by class shares {share.square().sum():.1%}")
print(f"guessing evenly          {1 / len(n):.1%}")
print(f"balanced accuracy of always happy: {1 / len(n):.1%}, one class of {len(n)}")

# %% [markdown]
# Guessing by shares is never better than always saying the largest class: it is a mean of the shares, and a mean is
# not above the largest. So **24.5 %** is the score to beat on FER-2013, not a seventh. When a paper reports one number
# for an uneven set, ask for the balanced one as well.
#
# ## 4. Labels: who says so?
#
# A label looks like a fact. It is an opinion that somebody wrote down. FER-2013's pictures came out of a search engine
# under words such as "angry", and people cleaned the result. Three years later Barsoum et al. (2016) asked **ten**
# people about every one of the same pictures. Their votes are called FER+, and anybody may use them.
#
# **Predict.** Ten people look at one face, and may choose one of eight emotions, "unknown" or "not a face". For what
# share of the pictures do *all ten* say the same? For what share do half of them or fewer agree on anything?
#
# (The numbers of this section come from a record that ships with the course; the command below made it, and every count
# in it can be made again from your own copy. There are no pictures in it. PrivateTest is left out: a test set is looked
# at once, at the end.)

# %%
# NBVAL_CHECK_OUTPUT
print(record["command"])
votes = record["votes"]
for part, row in votes.items():
    leading = torch.tensor(row["leading"], dtype=torch.float64)
    pictures = leading.sum()
    print(
        f"{part:11} {row['pictures']:6,} pictures: all ten agree on {leading[10] / pictures:.0%}, "
        f"half or fewer on {leading[:6].sum() / pictures:.0%}; "
        f"{sum(r[-1] for r in row['majority']) / pictures:.0%} have no majority, {row['not_a_face']} are no face"
    )
plots_data.leading_votes(votes["Training"]["leading"], "FER-2013, Training: how many of ten agree")

# %% [markdown]
# ### How far do they disagree? By hand
#
# One number for ten votes is their **entropy**, in bits: with the share $p_c$ of the votes for class $c$,
#
# $$H = -\sum_c p_c \log_2 p_c$$
#
# where classes without votes add nothing. All ten votes for one class: $H = -1 \cdot \log_2 1 = 0$ bits. Five against
# five: $-\tfrac12 \log_2 \tfrac12 - \tfrac12 \log_2 \tfrac12 = 1$ bit, as much as a coin holds. Eight classes alike:
# 3 bits, the most there is. Eight against two? $-0.8 \log_2 0.8 - 0.2 \log_2 0.2 = 0.26 + 0.46 = 0.72$ bits.
#
# ### Exercise 01.2: the votes of ten people
#
# Write the majority and the entropy. The majority is the number of the class with the most votes, or -1 where two
# classes lead together. On paper first: votes of 4, 4, 1 and 1.


# %%
def read_votes(votes):
    """votes: int64 [classes], how many people named each class. Return (majority or -1, entropy in bits)."""
    ### BEGIN SOLUTION
    share = votes[votes > 0] / votes.sum()
    bits = -(share * share.log2()).sum()
    leading = (votes == votes.max()).nonzero().flatten()
    return (leading.item() if len(leading) == 1 else -1), bits
    ### END SOLUTION


# %%
# NBVAL_CHECK_OUTPUT
fe.exercises.check("01.2", read_votes)

# %% [markdown]
# ### "Labels are truth"
#
# Now put the two opinions side by side: the original label of each picture, and what most of the ten say.
#
# **Predict.** Which class will be confirmed the most often, which the least? What do the ten say instead?

# %%
table = torch.tensor(votes["Training"]["majority"])
columns = (*fe.emotions.CLASSES_8, "no majority")
plots_data.labels_against_votes(table, classes, columns, "FER-2013, Training: percent of each original label")

# %%
# NBVAL_CHECK_OUTPUT
for part, row in votes.items():
    table = torch.tensor(row["majority"], dtype=torch.float64)
    confirmed, clear = table[:, :7].diagonal().sum(), table[:, :8].sum()
    print(
        f"{part:11} the majority confirms {confirmed / table.sum():.1%} of all labels, "
        f"{confirmed / clear:.1%} where there is a majority"
    )
print("\nTraining    label confirmed    mean entropy of the votes")
for k, name in enumerate(classes):
    row = torch.tensor(votes["Training"]["majority"][k], dtype=torch.float64)
    print(f"{name:11} {row[k] / row.sum():15.0%} {votes['Training']['entropy'][k]:20.2f} bits")

# %% [markdown]
# Happiness is safe. Fear is not: of eight pictures labelled *fear*, the ten confirm one, and they call more of them
# neutral or sad. The labels of a class and the opinion of people are two different things, and no network can agree
# with both.
#
# **A ceiling, with care.** Somebody who always says what the majority of ten people says, a perfect reader in that
# sense, would score 61 % on the original labels, or 65 % where there is a majority. The best networks that were trained
# on the original labels, from scratch, score about 73 % on PrivateTest (Pramerdorfer and Kampel, 2016). Read that
# again: *more* than the people. That need not mean that they read faces better. They were trained on these labels, so
# they could also learn how the labels were *made*: what kind of picture a search for "fear" finds. A score says how
# well a network predicts labels. What the labels are is another question, and the score does not ask it.
#
# Where you have `FER2013_ROOT` and `FERPLUS_ROOT` (the folder of `fer2013new.csv`), the next cell counts your own copy.

# %%
if fer2013 and os.environ.get("FERPLUS_ROOT"):
    own = fe.data.with_votes(fe.data.load("fer2013", split="val"))
    majority = own.votes.majority()
    print(f"your PublicTest: confirmed {(majority == own.labels).float().mean():.1%} of {len(own):,} labels,")
    print(f"no majority in {(majority < 0).float().mean():.1%}, mean entropy {own.votes.entropy().mean():.2f} bits")
else:
    print("FER2013_ROOT or FERPLUS_ROOT is not set: nothing to count.")

# %% [markdown]
# ## 5. You are the classifier
#
# How good are *you*? Below are twenty drawn faces of the *wild* preset. Name each of them. The program drew them, so
# here, and only here, the truth is known: which muscles it pulled, and for which class.
#
# **Predict** your accuracy before you begin, and write it down. Nobody tells you in between whether you are right:
# that would train you, and the last faces would be another test than the first.

# %%
wild = fe.faces.sample(400, seed=6, difficulty="wild")
game = fe.widgets.LabellingGame(fe.widgets.LabellingState(wild, rounds=20, seed=2))
game

# %%
print(f"The game was played through {game.walk()} pictures.")

# %% [markdown]
# Could anybody reach 100 %? No. A *wild* expression may lack a muscle, and may have one that belongs to another class,
# so that two classes look the same. Whoever read every muscle exactly, and knew how the program draws, would be right
# as often as this, and no more often:

# %%
# NBVAL_CHECK_OUTPUT
ceiling = fe.faces.ceiling("wild")
print(f"the best possible reader, against the class that was drawn: {ceiling.clean_accuracy:.0%}")
print(f"the same reader, against labels of which some are wrong:    {ceiling.accuracy:.0%}")

# %% [markdown]
# ### By hand: how sure is a score from twenty faces?
#
# Say you got 13 of 20 right, 65 %. Twenty other faces would have given another number. The standard error of a share
# $p$ of $n$ faces is $\sqrt{p(1-p)/n}$, here $\sqrt{0.65 \cdot 0.35 / 20} = 0.107$, and about twice that on either
# side holds the true share in 95 of 100 such games: **65 ± 21 points**. A rule for the head: the half width is at most
# $1/\sqrt n$, which is 22 points for 20.
#
# **Predict.** How many faces does it take to know an accuracy to ± 1 point?

# %%
# NBVAL_CHECK_OUTPUT
for size in (20, 100, 1000, 3589, 10_000):
    low, high = wilson(round(0.65 * size), size)
    print(f"{size:6,} faces: {100 * low:4.1f} to {100 * high:4.1f} %   (rule: ± {100 / size**0.5:.1f} points)")
plots_data.interval_widths(0.65, (20, 100, 1000, 3589, 10_000), "65 % right, on test sets of several sizes")

# %% [markdown]
# (Wilson's interval, which also works near 0 % and 100 %; notebook 07 derives it.) FER-2013's PrivateTest has 3,589
# faces. Two systems that differ by one point on it may differ by luck alone. And JAFFE has 213 in all.
#
# ### Explore: the same game on people's own photographs
#
# With `FER2013_ROOT` set, `fe.widgets.LabellingGame(fe.widgets.LabellingState(fe.data.load("fer2013", split="val")))`
# plays on PublicTest. With `fe.data.with_votes(...)` around the set it also tells how many of the ten agree with you.
# Such a game is never saved in the notebook.
#
# 1. Play the drawn game twice, with other faces. How far apart are your two scores? Is that within the interval?
# 2. Which two classes do you confuse most? Does the annotators' table above confuse them too?
# 3. Answer "I cannot tell" whenever you are not sure. How often is that? What would a network have said there?

# %% [markdown]
# ## 6. Who stands on both sides?
#
# A test asks: how well will this do on faces that it has *not* seen? So the test faces must be unseen. That sounds
# trivial. Here is a classifier that needs no training at all: it looks for the most similar picture that it has, pixel
# by pixel, and gives that one's label.


# %%
def nearest(train, test):
    """The label of the most similar train picture for each test picture, int64 [M]."""
    distance = torch.cdist(test.images.flatten(1).float(), train.images.flatten(1).float())
    return train.labels[distance.argmin(dim=1)]


def accuracy(train, test):
    return (nearest(train, test) == test.labels).float().mean().item()


# %% [markdown]
# **Three frames of one film.** CK+ is a set of short films, each from a neutral face to a full expression; 327 of them,
# by 118 of its people, have a label. The copy that goes round as "CK+48" holds the **last three frames** of each:
# $3 \cdot 327 = 981$ pictures. Let us draw a set that is built in the same way, from faces whose truth we know: 118
# people, 327 films, three frames each, in which the expression grows and the head moves by up to half a pixel.


# %%
def three_frames(films, seed):
    """The last three frames of each film, as a FaceSet of three times the length."""
    which = torch.arange(len(films)).repeat_interleave(3)
    scene, draw = films.truth.scene[which], torch.Generator().manual_seed(seed)
    theta = scene.theta.clone()
    theta[:, :, 2] += 0.04 * (torch.rand(len(which), 2, generator=draw) - 0.5)  # 0.02 of a side of 2: half a pixel
    strength = torch.tensor([0.8, 0.9, 1.0]).repeat(len(films))[:, None]
    camera = scene.camera.replace(seed=torch.randint(2**62, (len(which),), generator=draw))  # each its own noise
    frames = scene.replace(theta=theta, action_units=strength * scene.action_units, camera=camera)
    images, _ = fe.faces.photograph(frames)
    return fe.data.FaceSet(images, films.labels[which], films.classes, groups=films.groups[which], name="frames")


films = fe.faces.sample(327, seed=2, difficulty="classroom", people=118)
frames = three_frames(films, seed=2)
sheet, axes = fe.plots.figure(9.5, 1.5, 1, 9)
for k, ax in enumerate(axes):
    fe.plots.picture(ax, frames.images[k], frames.classes[frames.labels[k]])
sheet

# %% [markdown]
# Three films, three frames each. Now split the 981 pictures: a tenth for the test.
#
# **Predict.** What does the nearest neighbour score when the *pictures* are dealt out at random? And when the *people*
# are, so that nobody is on both sides?

# %%
SEEDS = 6


def leak(make):
    """Scores under a random split of the pictures and under a split by person, seed by seed."""
    at_random, by_person = [], []
    for seed in range(SEEDS):
        faces = make(seed)
        for scores, protocol in ((at_random, "random-leaking"), (by_person, "subjects")):
            parts = fe.data.split(faces, protocol=protocol, folds=10, seed=seed)
            scores.append(accuracy(parts.train, parts.test))
    return at_random, by_person


studio = fe.faces.Difficulty(noise=(0.0, 0.02))  # upright, centred, one lamp: as in a laboratory
results = {
    "three frames a film": leak(lambda seed: three_frames(fe.faces.sample(327, seed, "classroom", people=118), seed)),
    "20 people, in a studio": leak(lambda seed: fe.faces.sample(420, seed, studio, people=20)),
    "20 people, in a classroom": leak(lambda seed: fe.faces.sample(420, seed, "classroom", people=20)),
}
for name, (at_random, by_person) in results.items():
    gaps = [a - b for a, b in zip(at_random, by_person, strict=True)]
    cells = [f"{100 * mean:4.0f} ± {100 * half:2.0f}" for mean, half in map(student_t, (at_random, by_person, gaps))]
    print(f"{name:26} random {cells[0]} %   by person {cells[1]} %   gap {cells[2]} points")
plots_data.two_splits(results, chance=1 / 7)

# %% [markdown]
# (After ±: half of a 95 % interval over six seeds, Student's t; the gap is taken within a seed. The dashed line is
# guessing.)
#
# **Three frames a film:** a classifier that knows next to nothing about expressions gets nearly everything right, since
# two other frames of the same film are in train. The honest split says what it can do with a new person: nothing
# that six seeds could tell from guessing. Nothing was changed but the split.
#
# **Twenty people, in a studio**, with 21 pictures each, which is about JAFFE's kind: no two pictures are copies, and
# still the random split flatters. In a studio the same person with the same expression looks nearly the same twice.
#
# **The same in a classroom**, with tilted heads: no gap that six seeds could tell from nothing. A leak harms a score
# as far as the classifier can *use* it, and this one cannot recognise a person who moved. A network might. So a gap of
# zero is no proof that a split was honest, and you do not need to know the gap to do it right.
#
# ### "More pictures make a better set"
#
# The set of 981 pictures holds 327 films. What are the other 654 pictures worth? Compare three train sets, in the
# studio, where this classifier can do something: one frame of each of 327 films; all three frames; and one frame each
# of three times as many films, with three times as many people. The test is 300 new people each time.
#
# **Predict** the points that three times as many pictures bring, once by frames and once by people.

# %%
worth = {"327 films, one frame": [], "the same films, three frames": [], "981 films, one frame": []}
for seed in range(SEEDS):
    films = fe.faces.sample(981, seed, studio, people=354)
    few = films[films.groups < 118]
    new_people = fe.faces.sample(300, seed + 1000, studio)
    for scores, train in zip(worth.values(), (few, three_frames(few, seed), films), strict=True):
        scores.append(accuracy(train, new_people))
for name, scores in worth.items():
    mean, half = student_t(scores)
    gain, half_gain = student_t([a - b for a, b in zip(scores, worth["327 films, one frame"], strict=True)])
    print(f"{name:29} {100 * mean:4.1f} ± {100 * half:.1f} %   gain {100 * gain:4.1f} ± {100 * half_gain:.1f} points")

# %% [markdown]
# Two more frames of each film brought nothing that six seeds could see. As many pictures of *new* people brought some
# points. Count people, not files: CK+48's 981 pictures are 118 people, and FERG's 55,767 are six characters, so a test
# on a new character can be made six times, and not once more.
#
# ### A split that refuses
#
# Because this mistake is so common, the course's own `split` refuses it. Whoever wants it must ask for it by its name,
# "random-leaking", as the cells above did.

# %%
# NBVAL_CHECK_OUTPUT
try:
    fe.data.split(frames, protocol="random")
except fe.errors.DataError as error:
    print(error)

# %% [markdown]
# ### Exercise 01.3: a split by person
#
# Write one. A share of the *people*, rounded, goes into the test with all their pictures. The same seed gives the same
# split, another seed another one. On paper first: the groups 7, 7, 3, 3, 3, 9, 9, 5 and a share of 0.25. How many
# pictures can the test have?


# %%
def split_by_person(groups, share, seed):
    """groups: int64 [N], who is in each picture. Return which pictures are for the test, bool [N]."""
    ### BEGIN SOLUTION
    people = groups.unique()
    order = torch.randperm(len(people), generator=torch.Generator().manual_seed(seed))
    return torch.isin(groups, people[order[: round(share * len(people))]])
    ### END SOLUTION


# %%
# NBVAL_CHECK_OUTPUT
fe.exercises.check("01.3", split_by_person)

# %% [markdown]
# ## 7. The audit
#
# *"The test set is what is in the folder called test."* Copies of data sets are made by people, and people make
# mistakes: the same picture in train and in test, the same picture under two labels, black pictures, a folder that went
# through a JPEG converter. None of it raises an error. The network trains, and the score is a little too good.
#
# The name of a folder is such a mistake already. FER-2013 was published in three parts: Training to fit on, PublicTest
# to choose on, and PrivateTest to score once, at the end. Many copies have one folder "test" that holds both test
# parts, 7,178 pictures. Who chooses the best epoch on that folder and then reports its score on that folder has
# chosen on the test. (`fe.data.load` keeps the parts apart. Where a copy does not tell them apart, it says so, and
# stops.)
#
# To see what an audit can find, we need a set whose faults are known. `plant_faults` puts them into drawn faces.

# %%
drawn = {
    split: fe.data.load("faces", split=split, size=size, seed=0)
    for split, size in (("train", 600), ("val", 200), ("test", 200))
}
sets, planted = fe.data.plant_faults(drawn, seed=0)
audit = fe.data.audit(sets)
for line in str(audit).splitlines():
    print(textwrap.fill(line, 110, subsequent_indent=" " * 27))

# %% [markdown]
# One line a finding: `!!` changes what a score means, `!` is worth knowing. Here are some of the copies, side by side.
# (These are drawn. The same sheet of photographs is for your eyes only.)

# %%
audit.contact_sheet(sets, "near copies across sets", limit=3)

# %% [markdown]
# ### What did it miss?
#
# An audit is a classifier as well, and it makes mistakes of both kinds. Here they can be counted, since we know what
# was planted.


# %%
def pairs_of(*kinds):
    """The pairs of places that the audit found, without pictures that show nothing."""
    nothing = {place for finding in audit.found("blank") for (place,) in finding.groups}
    groups = [set(group) - nothing for kind in kinds for finding in audit.found(kind) for group in finding.groups]
    return {frozenset(group) for group in groups if len(group) > 1}


def places_of(*kinds):
    return {group[0] for kind in kinds for finding in audit.found(kind) for group in finding.groups}


def as_pairs(pairs):
    return {frozenset(pair) for pair in pairs}


compared = {
    "exact copies": (as_pairs(planted.exact), pairs_of("copies", "copies across sets")),
    "near copies": (as_pairs(planted.near), pairs_of("near copies", "near copies across sets")),
    "conflicting labels": (as_pairs(planted.conflict), pairs_of("conflicting labels")),
    "black or faint": ({*planted.blank, *planted.faint}, places_of("blank", "faint")),
    "enlarged from 14 pixels": (set(planted.enlarged), places_of("soft")),
}
print(f"{'':25} planted  found  missed  false alarms")
for name, (there, seen) in compared.items():
    print(f"{name:25} {len(there):7} {len(there & seen):6} {len(there - seen):7} {len(seen - there):13}")

# %% [markdown]
# Exact copies are found without fail: equal bytes are equal bytes. Most near copies are found too, such as those that
# were brightened. What about the near copies of train pictures in test? Here is each beside its original. The number is
# what the audit measures, the correlation of the two pictures; its line is at 0.97.

# %%
across = [pair for pair in planted.near if pair[1][0] == "test"]
found = compared["near copies"][1]
sheet, axes = fe.plots.figure(10.5, 1.8, 1, 2 * len(across))
for (left, right), pair in zip(axes.reshape(-1, 2), across, strict=True):
    original, copy = (sets[name].images[index] for name, index in pair)
    r = torch.corrcoef(torch.stack([original.flatten(), copy.flatten()]).double())[0, 1]
    fe.plots.picture(left, original, f"{pair[0][0]} {pair[0][1]}")
    fe.plots.picture(right, copy, f"{r:.3f}, {'found' if frozenset(pair) in found else 'missed'}")
sheet

# %% [markdown]
# These were *cut out anew*: the frame is one pixel narrower, and enlarged again, so every edge has moved by up to a
# pixel. A lower line would find more of them, and would call more pairs of *different* pictures copies. There is no
# line without mistakes.
#
# ### Exercise 01.4: test pictures that stand in train
#
# Write the most important part of the audit. Which test pictures are also in train, pixel for pixel? On paper first: is
# it enough to compare the sums of their pixels?


# %%
def also_in(train, test):
    """train: uint8 [N, 1, H, W], test: uint8 [M, 1, H, W]. Return which test pictures stand in train, bool [M]."""
    ### BEGIN SOLUTION
    known = {picture.numpy().tobytes() for picture in train}
    return torch.tensor([picture.numpy().tobytes() in known for picture in test])
    ### END SOLUTION


# %%
# NBVAL_CHECK_OUTPUT
fe.exercises.check("01.4", also_in)

# %% [markdown]
# ### By hand: when are two pictures nearly the same?
#
# Bytes differ as soon as somebody saves a picture again. So one compares by **correlation**: take each picture's mean
# away, multiply place by place, add, and divide by both lengths:
#
# $$r = \frac{\sum_i (a_i - \bar a)(b_i - \bar b)}
# {\sqrt{\sum_i (a_i - \bar a)^2}\,\sqrt{\sum_i (b_i - \bar b)^2}}$$
#
# For the four pixels (1, 3, 1, 3) and (10, 20, 20, 30): without their means (-1, 1, -1, 1) and (-10, 0, 0, 10). The sum
# of the products is $10 + 0 + 0 + 10 = 20$, the lengths are $\sqrt 4 = 2$ and $\sqrt{200} = 14.1$. So
# $r = 20 / 28.3 = 0.71$.
#
# ### Exercise 01.5: what correlation does not see (paper and pencil)
#
# Four pixels each: A = (0, 2, 4, 2), B = (10, 14, 18, 14), C = (4, 2, 0, 2), D = (0, 4, 2, 2). What is the correlation
# of A with B, of A with C, and of A with D?

# %%
### BEGIN SOLUTION
a_b = 1.0
a_c = -1.0
a_d = 0.5
### END SOLUTION

# %%
# NBVAL_CHECK_OUTPUT
fe.exercises.check("01.5", (a_b, a_c, a_d))

# %% [markdown]
# ### What do copies do to a score?
#
# Plant more of them: 4 % of the test pictures become exact copies of train pictures, and another 4 % near copies.
# (Real FER-2013 is in that region; see below.) Score the nearest neighbour on the whole test set, on what the audit
# leaves of it, and on what is left when every planted copy goes, which only the truth can tell.
#
# **Predict.** By how many points do the copies raise the score?

# %%
scores = {"all test pictures": [], "without what the audit found": [], "without all that was planted": []}
for seed in range(SEEDS):
    fresh = {
        split: fe.data.load("faces", split=split, size=size, seed=seed, difficulty="easy")
        for split, size in (("train", 500), ("val", 60), ("test", 300))
    }
    faulty, truth = fe.data.plant_faults(fresh, seed=seed, share=0.04)
    train, test = faulty["train"], faulty["test"]
    honest = torch.ones(len(test), dtype=torch.bool)
    honest[truth.copies_of_train_in("test")] = False
    kept = fe.data.exclude(test, fe.data.audit(faulty), use="score")
    for values, left in zip(scores.values(), (test, kept, test[honest]), strict=True):
        values.append(accuracy(train, left))
for name, values in scores.items():
    mean, half = student_t(values)
    gap, half_gap = student_t([a - b for a, b in zip(values, scores["without all that was planted"], strict=True)])
    print(
        f"{name:30} {100 * mean:4.1f} ± {100 * half:.1f} %   too high by {100 * gap:.1f} ± {100 * half_gap:.1f} points"
    )

# %% [markdown]
# A copy is a free point for whoever remembers its twin. Half of the planted copies are exact, and these the audit takes
# back. The other half was cut out anew, and those that it misses still flatter. A nearest neighbour remembers
# everything. How much a network remembers comes next.
#
# ### The real FER-2013
#
# The same audit on the real Training and PublicTest rows. (From the record of section 4: counts, no pictures.)
#
# **Predict.** How many of PublicTest's 3,589 pictures also stand in Training, pixel for pixel?

# %%
# NBVAL_CHECK_OUTPUT
told = ("copies", "copies across sets", "near copies", "near copies across sets", "conflicting labels", "blank", "soft")
for row in record["audit"]["findings"]:
    if row["kind"] in told:
        print(row["title"])
by_jpeg = sum(row["count"] for row in record["audit"]["findings"] if row["kind"] == "recompressed")
print(f"({by_jpeg} pictures of the audited copy went through JPEG, so some exact copies count as near ones.)")

# %% [markdown]
# (Here train is Training and val is PublicTest.) One picture in thirteen of this test stands in Training as well. The
# set has been in use since 2013, and the scores on it hold these copies. That does not make them worthless; it makes
# differences of a point hard to believe. `fe.data.exclude` leaves the copies out, for fitting or for scoring; on the
# command line, `fer-edu audit --data fer2013 --json audit.json` and `--exclude audit.json`.
#
# **Predict.** `sdl-fer2013`, the network that ships with this course, was fitted on all of Training. It names 68.0 % of
# PublicTest. How many does it name of the pictures that it has been fitted on, and how many of the others?

# %%
# NBVAL_CHECK_OUTPUT
memory = record["memory"]
for name, title in (("in train", "also in Training, pixel for pixel"), ("others", "all others")):
    hits, n = memory[name]["right"], memory[name]["of"]
    low, high = wilson(hits, n)
    print(f"{title:35} {hits:4} of {n:5,}: {hits / n:.1%} (95 % interval {low:.1%} to {high:.1%})")
print(f"others that are like the copies in class and votes: {memory['alike']['share']:.1%}")
n = memory["in train"]["of"] + memory["others"]["of"]
extra = memory["in train"]["right"] - memory["alike"]["share"] * memory["in train"]["of"]
print(f"so memory gives it at most about {extra:.0f} of {n:,} answers, {extra / n:.1%}")

# %% [markdown]
# The third line is there to be fair: the copies might also be *easier* (many are surprised). So compare them with
# pictures that are like them: the same classes as often, and as many of FER+'s votes for the label. What is left, about
# one point, is memory, or whatever else makes copied pictures easy: section 8 has a control that asks this. It is one
# network and one seed. But papers argue about tenths of points.
#
# The next cell audits your own copy where `FER2013_ROOT` is set. It takes some seconds, prints counts, and draws
# nothing. To *look* at what was found, call `own_audit.contact_sheet(own_sets)`, and clear that output afterwards.

# %%
if fer2013:
    own_sets = {split: fe.data.load("fer2013", split=split) for split in ("train", "val")}
    own_audit = fe.data.audit(own_sets)
    print(own_audit)
else:
    print("FER2013_ROOT is not set: nothing to audit.")

# %% [markdown]
# ## 8. Uneven classes, and augmentation
#
# Two things are done to a train set before a network sees it. Both are choices about data, so they belong here.
#
# **Uneven classes.** FER-2013 has 16 happy faces for one of disgust, and a network can get its loss down while it
# ignores disgust. Three remedies, and none: show rare classes more often until all are alike (*balanced*, one reading
# of the paper's "oversampling"), go half of the way (*sqrt*), or show every picture once and let rare ones **weigh**
# more in the loss (*weights*).
#
# **By hand.** In a *balanced* epoch each class is shown 7,215 times, as often as happy. There are 436 pictures of
# disgust. How often does a network see each of them in one epoch? And how long is the epoch, compared with 28,709?

# %%
# NBVAL_CHECK_OUTPUT
labels = torch.arange(7).repeat_interleave(torch.tensor(COUNTS["Training"]))
shown = {}
for way in ("none", "balanced", "sqrt", "weights"):
    order = fe.data.epoch_indices(labels, way, torch.Generator().manual_seed(0))
    seen = torch.bincount(labels[order], minlength=7).double()
    weight = fe.data.class_weights(labels, 7, way)
    shown[way] = seen if weight is None else seen * weight
    once = torch.bincount(order, minlength=len(labels))[labels == classes.index("disgust")].double().mean()
    print(f"{way:9} {len(order):6,} showings an epoch; a disgust picture {once:4.1f} times, ", end="")
    print(f"and in sum the class weighs {shown[way][1] / shown[way].sum():.1%}")
plots_data.showings(shown, classes, "FER-2013, Training")

# %% [markdown]
# *Balanced* and *weights* give the classes the same weight. They differ in what a network sees: the same 436 pictures
# sixteen times over, as often as that makes them easy to learn by heart, or once, with a large step.
#
# ### Measured: what does each remedy buy?
#
# A small network of three convolutions, fitted on nine tenths of FER-2013's Training, its epoch chosen on the last
# tenth, PublicTest scored once. Each row shows about as many pictures in all. (From a record that ships with the
# course; it took about an hour and a half on one core.)
#
# **Predict.** What does oversampling do to the accuracy? To the *balanced* accuracy? And to disgust, which is 56 of
# PublicTest's 3,589 pictures?

# %%
# NBVAL_CHECK_OUTPUT
uneven = fe.records.read("imbalance")
print(uneven["command"])
print(f"{len(uneven['seeds'])} seeds; percent, ± half of a 95 % interval over them\n")


def percent(numbers):
    return "{:5.1f} ± {:3.1f}".format(*student_t([100 * number for number in numbers]))


rows = uneven["rows"]
print(f"{'':10}    accuracy   against none      balanced   disgust found   happy found")
for way in ("none", "balanced", "sqrt", "weights"):
    change = [a - b for a, b in zip(rows[way]["accuracy"], rows["none"]["accuracy"], strict=True)]
    against = "" if way == "none" else percent(change)
    cells = [percent(rows[way][score]) for score in ("accuracy", "balanced", "disgust", "happy")]
    print(f"{way:10} {cells[0]} {against:>14} {cells[1]:>13} {cells[2]:>15} {cells[3]:>13}")

print("\naccuracy, scored on         all of PublicTest   without what the audit leaves out    loss, paired")
losses = []
for way, fitted in (("none", "all of it"), ("none, without copies", "what the audit leaves")):
    whole, kept = rows[way]["accuracy"], rows[way]["accuracy without copies"]
    losses.append([a - b for a, b in zip(whole, kept, strict=True)])
    print(f"fitted on {fitted:22} {percent(whole):>13} {percent(kept):>35} {percent(losses[-1]):>15}")
difference = percent([a - b for a, b in zip(*losses, strict=True)])
print(f"difference of the two losses {difference:>68}")

# %% [markdown]
# Left alone, this network gives disgust up, and loses hardly any accuracy by it. Oversampling finds two disgusted faces
# in three, and pays with smiles: the accuracy falls and the balanced accuracy rises. Going half of the way finds fewer
# of them, and costs no accuracy that these seeds could see. *Weights* aim at the same as *balanced*, and here they do
# worse on both scores; why was not measured. So which remedy is best? That depends on the score that you are after.
# Say which one *before* you look, or you will find a remedy that wins.
#
# The last three lines are about copies, and they are the control that section 7 asked for. Leave the copies out of
# PublicTest, and the network that was fitted on them loses about a point. But the other loses most of that too, and it
# has *never seen* them: copied pictures are easier. Only the difference of the two losses, a third of a point or so, is
# memory. (This network is small and was trained briefly; one that learns its pictures by heart may have more.)
#
# ### Exercise 01.6: weights instead of copies
#
# Write the weights: every class weighs the same in sum, and the mean weight of a *picture* is 1, so that the loss keeps
# its size. On paper first: 8 happy and 2 sad.


# %%
def weights_for(counts):
    """counts: int64 [classes], pictures of each class. Return one weight a class, float [classes]."""
    ### BEGIN SOLUTION
    return counts.sum() / (len(counts) * counts)
    ### END SOLUTION


# %%
# NBVAL_CHECK_OUTPUT
fe.exercises.check("01.6", weights_for)

# %% [markdown]
# ### Explore: which change keeps the label?
#
# **Augmentation** shows each picture a little changed each time: mirrored, turned, shifted. It says to the network:
# *this does not matter*. That is a claim about labels, and it can be wrong.
#
# **Predict,** then try. On the left the face, on the right fifteen pictures that a training would be shown.
#
# 1. *off*, then *recipe "best"*, then *strong*. At each: how many of the fifteen would you still give the same label?
# 2. Only *erase*, at 1. Which rectangles destroy the label of this face? Which leave it alone?
# 3. Only *flip*. This is contempt, whose muscle (AU 14) works on one side. Does the mirror image have another label?
#    Would it, if the label were "left" or "right"?
# 4. Only *rotation*, at 180. People find upside-down faces hard. Is the label wrong, or are you?

# %%
eight = fe.faces.sample(60, seed=3, difficulty="easy", classes=fe.emotions.CLASSES_8)
contempt = (eight.labels == 7).nonzero()[0].item()
explorer = fe.widgets.AugmentationExplorer(fe.widgets.AugmentationState(eight, face=contempt))
explorer

# %%
print(f"The explorer drew {explorer.walk()} pictures.")

# %% [markdown]
# ### Measured: what does a dial cost?
#
# **Predict.** Which of these changes costs the most right answers: mirror; brighten or darken by up to a fifth of the
# range; turn by up to 45°; shift by up to 15 % of the side; a fine grain of noise; a grey rectangle? And which changes
# the *pixels* the most?
#
# The reader here is a network that was trained on drawn faces (notebook 06), and 200 faces that it has not seen.

# %%
off = Augmentation.off()
dials = {"off": 0, "flip": True, "brightness": 0.2, "rotation": 45.0, "shift": 0.15, "erase": 1.0, "noise": 0.08}
reader = fe.models.pretrained("sdl-faces")
exam = fe.data.load("faces", split="test", size=200, seed=0)
light = exam.images.float() / 255
for name, value in dials.items():
    change = off if name == "off" else replace(off, **{name: value})
    changed = augment(light, change, torch.Generator().manual_seed(0))
    right = (fe.models.predict(reader, (255 * changed).round().byte()).argmax(1) == exam.labels).sum().item()
    low, high = wilson(right, len(exam))
    moved = 255 * (changed - light).abs().mean()
    print(f"{name:11} {value!s:5} a pixel changes by {moved:4.1f} of 255; {right / len(exam):4.0%} right", end="")
    print(f" (95 % interval {low:.0%} to {high:.0%})")

# %% [markdown]
# How much a picture changes says little about what it costs. Brightness changes the pixels as much as anything here,
# and costs nothing. A rectangle changes fewer pixels than any other dial, and where it covers the mouth it takes away
# what the label rests on: then the picture still *carries* the label and no longer *shows* it. That is label noise,
# made at home. And the grain, which hardly disturbs you, ruins this network: the faces that it learned from have at
# most a third of it. A network is not you.
#
# ## 9. What may be claimed?
#
# A classifier of this course answers one question: *which of seven words would the people who labelled this set have
# given to this picture?* Everything beyond that needs an argument of its own.
#
# - **A face is not a feeling.** Barrett et al. (2019) reviewed the evidence: people do smile when happy and scowl
#   when angry more often than chance would have it, but how they show a feeling varies with culture, with situation and
#   from person to person, and the same movements of a face stand for more than one feeling, or for none. Posed
#   expressions show what people think an expression looks like.
# - **Consent.** The posers of CK+ and JAFFE came to a laboratory to have their faces recorded. The people in FER-2013
#   were found by a search engine, and no source says that anybody asked them. That is why this course does not hand on
#   one of their pictures, and why no output of this notebook shows one.
# - **Who is missing is misread.** A set without old faces cannot tell you how a network reads old faces. It does not
#   even warn you. Scores by group need to know the groups, and FER-2013 does not record them.
# - **The law.** In the European Union, Article 5(1)(f) of the AI Act (Regulation 2024/1689) prohibits, since
#   2 February 2025, AI systems that infer people's emotions at work and in education, except for medical or safety
#   reasons. (A summary, and no legal advice. Other countries have other rules.)
#
# This course is a tool for learning how such systems are built, tested and doubted. Please do not use what you build
# here to judge people.
#
# ## How far are you?

# %%
# NBVAL_CHECK_OUTPUT
fe.exercises.progress("01")

# %% [markdown]
# ## Take away
#
# - Count people, films and opinions. Files are copies of them.
# - A score has two neighbours: the largest class's share, and the balanced accuracy. Look at both.
# - Labels are opinions. On FER-2013, the majority of ten people confirms three labels in five.
# - Nobody on both sides: split by person. A leak shows only as far as a classifier can use it.
# - Audit a copy before you train on it. Equal bytes are certain; near copies are a matter of a line.
# - Twenty faces give ± 21 points. Say how many there were.
#
# **An honest limitation.** The leaks and the copies were measured on drawn faces and with a nearest neighbour, which is
# the classifier that profits most from copies. The sizes of these effects are theirs; that a careless split flatters is
# general. FER+'s ten people were crowd workers who saw a small grey picture and nothing else; their majority is a
# second opinion and no truth. And an audit finds what it looks for: it says nothing about who was never photographed.
#
# ## Two questions
#
# **1. A paper reports 98 % on CK+, with ten-fold cross-validation over "981 images, randomly divided". What do you
# ask?**
#
# <details><summary>Answer</summary>
# Whether the folds were divided by person. 981 is three times 327: the last three frames of each film. Divided picture
# by picture, nearly every test frame has a sister in train, and the nearest neighbour of section 6 got about as much
# without having learned anything about expressions. Ask for the score with people kept apart.
# </details>
#
# **2. A network scores 73 % on the original labels of FER-2013, and the majority of ten annotators only 61 %. "Better
# than people", says the press release. Is it?**
#
# <details><summary>Answer</summary>
# It is better at predicting <i>these labels</i>, which came from search words and a clean-up. The annotators were never
# asked to predict them: they said what they saw. Score the network on the annotators' majority, and the people on the
# same, and the comparison is about faces. (There, each annotator is compared with the other nine.)
# </details>
#
# ## References
#
# - Goodfellow et al. (2013), *Challenges in representation learning*: arXiv 1307.0414 (FER-2013)
# - Barsoum et al. (2016), *Training deep networks for facial expression recognition with crowd-sourced label
#   distribution*: arXiv 1608.01041 (FER+)
# - Lucey et al. (2010), *The extended Cohn-Kanade dataset (CK+)*: DOI 10.1109/CVPRW.2010.5543262
# - Lyons et al. (1998), *Coding facial expressions with Gabor wavelets*: DOI 10.1109/AFGR.1998.670949 (JAFFE)
# - Aneja et al. (2016), *Modeling stylized character expressions via deep learning*, ACCV (FERG)
# - Barrett, Adolphs, Marsella, Martinez and Pollak (2019), *Emotional expressions reconsidered*: DOI
#   10.1177/1529100619832930
# - Pramerdorfer and Kampel (2016), arXiv 1612.02903, for the level that networks reach on FER-2013
# - Regulation (EU) 2024/1689 (AI Act), Article 5(1)(f)
#
# **Next:** 02, *Where does each output pixel look?*

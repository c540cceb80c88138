# %% [markdown]
# # 05 · The SDL network
#
# <!-- badges -->
#
# **What did the paper build, and what did it leave unsaid?**
#
# After this notebook you will
#
# - be able to read a methods section as an engineer: what is said, what is not, what has to be chosen;
# - have called every block of the Spatial Deep Learning (SDL) network by itself, and seen what it makes of a face;
# - be able to count parameters and multiply-adds on paper, and to say why they are two things;
# - know what each choice is worth on real faces, measured over five seeds, and what such a table does not say;
# - have looked at a trained network and asked whether its two transformers do anything.
#
# **What you need.** Notebook 04 (the spatial transformer); convolution, pooling and batch normalisation by name.
# Nothing to download.
#
# **How long.** About 60 minutes of your time. The computer needs less than a minute on two CPU cores; there is nothing
# to train here.

# %% [markdown]
# ## Set up

# %%
# <install>
import torch

import fer_edu as fe
from fer_edu import plots_network, plots_transformer, plots_worth
from fer_edu.evaluation import pose_errors, student_t, wilson
from fer_edu.models import SDLOptions
from fer_edu.models.cost import comparison, costs, total

torch.manual_seed(0)
fe.plots.style()

# %% [markdown]
# ## 1. Read a methods section like an engineer
#
# The network stands in section 3 of the paper (Khan, Singh and Agrawal 2023). Three of its sentences, word for word:
#
# > There are two feature extraction parts, each of which is made up of one of the rectified linear unit's activation
# > functions. This is followed by a convolutional layer and an average pooling layer, all of which are part of a single
# > Spatial Deep Learning network (SDL).
#
# > These two feature extraction parts are linked and joined in parallel with the baseline model (Figure 4), which is
# > made up of four convolutional layers (max-pooling and ReLU). Following that, these two feature-extracting parts were
# > linked together to form two fully connected layers for classification.
#
# > It [the localisation network] is made up of two fully connected layers and three convolutional parts (each
# > convolutional layer followed by maxpooling and ReLU).
#
# **Predict.** You are to write this network down in code. Before you scroll on: make a list of every number and every
# order of layers that you need and that these sentences do not give. How many are there?
#
# Most methods sections look like this, and most readers nod. A gap shows only when you have to type a number. Here is
# our list. Each row is a field of `SDLOptions`, so that each choice can be changed by name.
#
# | Option | The paper | Our choice | Other choices | Does it matter? |
# |---|---|---|---|---|
# | `classes`, `in_channels`, `image_size` | said: 7; 48 × 48, grey | 7, 1, 48 | other data | |
# | `branches` | said: SDL-1 → SDL-2 beside the baseline | `"both"` | `"baseline"`, a control | section 5 |
# | `transformers` | said: two | `"both"` | `"sdl1"`, `"sdl2"`, `"none"`, controls | section 5 |
# | `frozen` | said: θ is learned, from the identity | `False` | `True`, a control | section 5 |
# | `order` | said, read in two ways: ReLU first, or last? | `"conv-relu-pool"` | `"relu-conv-pool"` | section 5 |
# | `join` | said, read in two ways: does SDL-1 reach FC 1, too? | `"sdl2"` | `"both"` | section 5 |
# | `baseline_channels` | four: said; how wide: not | (32, 64, 96, 128) | any four | accuracy: not measured |
# | `sdl_channels` | not said | (16, 32) | any two | not measured |
# | `kernel` | not said | 3 | any odd number | not measured |
# | `sdl_pools` | average pooling: said; its size: not | (2, 4) | any two that divide | not measured |
# | `localisation_channels` | three parts: said; how wide: not | (8, 16, 16) | any three | not measured |
# | `localisation_hidden` | two layers: said; how wide: not | 32 | any | not measured |
# | `hidden` | two layers: said; how wide: not | 128 | any | not measured |
# | `batch_norm` | never mentioned | `True` | `False` | section 5 |
# | `dropout` | never mentioned | 0.4 | 0 to 1 | section 5 |
# | `normalisation` | not said | `"picture"`: each to mean 0, deviation 1 | `"fixed"`, `"none"` | not measured |
# | `padding_mode` | not said | `"border"` | `"zeros"`, `"reflection"` | notebook 04: five seeds did not settle it |
# | `sampler` | Eq. 3 | `"fused"`, torch's | `"written out"`, ours | no: the same function, see below |
#
# Two things to notice. First, *said* is not *clear*: two of the rows are said, and still leave a choice. Second, the
# last column is one that papers rarely have. Where we have not measured, it says so.
#
# What is open about the *training* (batch size, augmentation, oversampling, start weights) comes in notebook 06.

# %%
# NBVAL_CHECK_OUTPUT
options = SDLOptions()
for name in vars(options):
    print(f"{name:24}{getattr(options, name)}")

# %% [markdown]
# ## 2. The network, block by block
#
# Below is the whole of it. The figure is not a drawing that somebody made: it is read from the module, and from the
# shapes that one picture takes on its way. Change an option in `fe.models.create("sdl", ...)`, and the figure changes.

# %%
faces = fe.data.load("faces", split="test", size=500, seed=0)
model = fe.models.pretrained("sdl-faces")  # the same options, trained on our drawn faces
plots_network.network(model, faces.images[3])

# %% [markdown]
# Read it from left to right. The upper branch looks, then extracts features, twice. The lower branch is a plain
# convolutional network, on the *same* picture. Both are flattened, joined, and classified. Softmax is missing: it is
# part of the loss.
#
# Every box but the join is a module that you can call. Do what the figure says, step by step:

# %%
# NBVAL_CHECK_OUTPUT
x = faces.images[:8].float() / 255
with torch.no_grad():
    normal = model.normalise(x)  # each picture to mean 0, deviation 1
    theta1 = model.sdl1.transformer.theta(normal)  # the localisation network
    seen = model.sdl1.transformer.transform(normal, theta1)  # grid and sampler
    first = model.sdl1.extract(seen)  # convolution, batch norm, ReLU, average pool
    second = model.sdl2(first)  # the same again, on feature maps
    base = model.baseline(normal)
    joined = torch.cat([base.flatten(1), second.flatten(1)], dim=1)
    logits = model.classifier(joined)
    difference = (logits - model(x)).abs().max().item()
shapes = {"normal": normal, "theta1": theta1, "seen": seen, "first": first, "second": second, "base": base}
for name, value in {**shapes, "joined": joined, "logits": logits}.items():
    print(f"{name:8}{list(value.shape)}")
print("the same as model(x), to 1e-5:", difference < 1e-5)

# %% [markdown]
# And the sampler? `"written out"` is the code of notebooks 02 and 03, `"fused"` is torch's own.

# %%
# NBVAL_CHECK_OUTPUT
with torch.no_grad():
    pair = [fe.models.create("sdl", seed=0, sampler=sampler).eval()(x) for sampler in ("written out", "fused")]
print("both samplers give the same logits, to 1e-5:", (pair[0] - pair[1]).abs().max().item() < 1e-5)

# %% [markdown]
# ### Exercise 05.1: an SDL block from its parts
#
# Write what `model.sdl1(x)` does. A block has a `.transformer`, with `.theta(x)` and `.transform(x, theta)`, and
# `.extract`. (Here `x` is what comes in: the normalised picture, or SDL-1's maps.)


# %%
def sdl_block(block, x):
    """block: an SDLBlock. x: float [N, C, S, S]. Return the block's maps."""
    ### BEGIN SOLUTION
    theta = block.transformer.theta(x)
    seen = block.transformer.transform(x, theta)
    return block.extract(seen)
    ### END SOLUTION


# %%
# NBVAL_CHECK_OUTPUT
fe.exercises.check("05.1", sdl_block)

# %% [markdown]
# ### One sentence, two networks
#
# "Made up of one of the rectified linear unit's activation functions. This is followed by a convolutional layer and an
# average pooling layer." Word for word that is ReLU, convolution, pool. In nearly every network since AlexNet the ReLU
# comes *after* its convolution, and a sentence about "a convolution with ReLU" usually means that. Which of the two did
# the authors run? The text does not settle it. Does it make a difference?
#
# ### Exercise 05.2: both readings (paper and pencil)
#
# Four pixels, -2, 1, 3 and -1, go through a convolution with a 1 × 1 kernel of weight -1 and no bias. Then the average
# pool takes the mean of the four. **What comes out if the ReLU stands after the convolution, and what if it stands
# before it?** Two numbers, in this order.

# %%
### BEGIN SOLUTION
readings = [0.75, -1.0]
### END SOLUTION

# %%
# NBVAL_CHECK_OUTPUT
fe.exercises.check("05.2", readings)

# %% [markdown]
# What does a ReLU at the door do to a picture? In normalised pictures about half of the pixels are negative. Look:

# %%
sheet, axes = fe.plots.figure(9, 2.9, 2, 7)
for k in range(7):
    kept = normal[k].relu()
    fe.plots.picture(axes[0, k], (normal[k] + 3).clamp(0, 6) / 6)
    fe.plots.picture(axes[1, k], kept / kept.max())
plots_transformer.label_rows(axes, ("normalised", "after ReLU"))
sheet

# %% [markdown]
# Whatever is darker than the picture's mean is gone before SDL-1's convolution sees it: pupils, brows and mouths become
# one black. A dark face in front of a light wall is gone altogether. For SDL-2 it is milder: a convolution lies before
# its ReLU in either case. And the baseline branch still sees the whole picture. We take the usual order. Section 5
# measures the other one.
#
# ### Exercise 05.3: how long is the joined vector?
#
# Write it for any options. The baseline's four max-pools halve the side; `sdl_pools` are the sides of the two average
# pools; `join` says whether SDL-1's maps are joined as well. On paper first: 48 pixels, pools (2, 4), widths 128 and
# 32.


# %%
def joined_numbers(options):
    """options: an SDLOptions. Return how many numbers reach the classifier."""
    ### BEGIN SOLUTION
    side1 = options.image_size // options.sdl_pools[0]
    side2 = side1 // options.sdl_pools[1]
    numbers = options.baseline_channels[-1] * (options.image_size // 16) ** 2 + options.sdl_channels[1] * side2**2
    if options.join == "both":
        numbers += options.sdl_channels[0] * side1**2
    return numbers
    ### END SOLUTION


# %%
# NBVAL_CHECK_OUTPUT
fe.exercises.check("05.3", joined_numbers)

# %% [markdown]
# ## 3. What does each block make of a face?
#
# ### Explore: feature maps
#
# On the left is the face with two outlines: the thick one is where SDL-1 looks, the thin one where SDL-2 looks
# *through* SDL-1. Below it are SDL-1's maps, averaged, and where SDL-2 looks on them. On the right are the maps of the
# block that you choose, all on one scale.
#
# **Predict.** In which block do you lose sight of the expression: SDL-1 out, SDL-2 out, baseline 2, 3 or 4? And does
# the network lose it there, too? Then step through the blocks with the arrow keys.

# %%
explorer = fe.widgets.FeatureMaps(fe.widgets.FeatureState(model, faces[:40], face=3, block="SDL-1 out"))
explorer

# %%
print(f"The explorer drew {explorer.walk()} pictures.")

# %% [markdown]
# The first maps still look like faces: edges of one direction, bright areas, dark areas. In *baseline 4* a map has nine
# numbers, and no human eye finds a mouth in them. The classifier gets most of the faces right all the same. Be careful
# with what you conclude: that *you* see an expression in a map does not say that the network reads it there, and that
# you see none does not say that it is lost. Notebooks 08 and 09 ask with better tools.
#
# ### Exercise 05.4: where in the picture does SDL-2 look?
#
# θ2 says where SDL-2 looks on *SDL-1's maps*, not in the picture. Coordinates run from -1 to 1 on every map, whatever
# its size. So how do you get the look in the picture from θ1 and θ2? One line. (The library's
# `fe.geometry.compose(first, then)` is one look that does both.) On paper first: θ1 looks through scale 0.5; θ2 is
# shifted by 0.25. Where in the picture is the middle of SDL-2's look?


# %%
def where_sdl2_looks(theta1, theta2):
    """theta1, theta2: float [n, 2, 3]. Return the look in the picture, float [n, 2, 3]."""
    ### BEGIN SOLUTION
    return fe.geometry.compose(theta1, theta2)
    ### END SOLUTION


# %%
# NBVAL_CHECK_OUTPUT
fe.exercises.check("05.4", where_sdl2_looks)

# %% [markdown]
# It is an approximation at the rims: a 3 × 3 convolution has looked one pixel to every side, and has met its own
# padding there.
#
# ## 4. What does it cost?
#
# Three costs are often mixed up. **Parameters** are what has to be learned and stored. **Multiply-adds** are what has
# to be computed. **Activations** are what training has to remember of each picture until the backward pass. A layer can
# be dear in one of them and free in another.
#
# ### By hand: one block
#
# Take *baseline 2*: 32 maps of 24 × 24 come in, 64 kernels of 3 × 3 look at them. Each kernel has 3 · 3 · 32 = 288
# weights and a bias; batch normalisation adds a scale and a shift for each of the 64 maps:
#
# - parameters: 64 · (288 + 1) + 64 · 2 = **18,624**;
# - multiply-adds: each of the 64 · 24 · 24 = 36,864 values takes 288, so **10,616,832**.
#
# A convolution uses each weight at every place. So the side of the map is in the second number, and not in the first.
#
# ### Exercise 05.5: parameters of SDL-2's features (paper and pencil)
#
# 16 maps come in, 32 kernels of 3 × 3 with a bias look at them, then comes batch normalisation. **How many parameters
# are trained?**

# %%
### BEGIN SOLUTION
parameters = 4704
### END SOLUTION

# %%
# NBVAL_CHECK_OUTPUT
fe.exercises.check("05.5", parameters)

# %% [markdown]
# **Predict.** Which block holds the most parameters: a transformer, a convolution, or a fully connected layer? Which
# one computes the most? And which one does training have to remember most of?

# %%
# NBVAL_CHECK_OUTPUT
rows = costs(model)
print(f"{'block':22}{'leaves it':>14}{'parameters':>13}{'multiply-adds':>16}{'kept, kB':>11}")
for row in (*rows, total(rows)):
    shape = " × ".join(map(str, row.shape))
    print(f"{row.block:22}{shape:>14}{row.parameters:13,}{row.multiply_adds:16,}{row.memory / 1e3:11.1f}")

# %%
plots_worth.cost_bars(model)

# %% [markdown]
# Three different blocks win. **FC 1** holds more than half of the parameters and computes next to nothing. **Baseline
# 2** computes most. **Baseline 1**, the cheapest in parameters, leaves most to remember, since its maps are largest.
# And the transformers? Together they have about one parameter in fifteen, and cost about one multiply-add in eight,
# nearly all of it in the localisation networks. Grid and sampler have nothing to learn at all.
#
# (Multiply-adds are counted for convolutions, linear layers, grids and samplers, for one picture, forward. What is
# kept counts every tensor that a layer newly writes, in float32.)
#
# ### Beside AlexNet and GoogLeNet
#
# The paper says of its network that it is "constructed from the ground up with fewer hyper parameters" and "provided
# good results with little computing effort". Of GoogLeNet it says "huge networks and high training parameters" (table
# 1), and also that it has "12 times fewer parameters than the AlexNet design". Hyper-parameters are what somebody has
# to choose, such as the rows of the table in section 1; perhaps parameters are meant. It gives no number of either for
# its own network, so let us count.
#
# About AlexNet's first layer it does give one (section 2.7): "55x55x96 = 290400 neurons, each with 11x11x3 = 363
# weights and 1 bias, for a total of 105705600 (=290400x364) parameters".
#
# ### Exercise 05.6: AlexNet's first layer (paper and pencil)
#
# The layer has 96 kernels of 11 × 11, with a bias each, on a picture of 3 colours. Its output has 55 × 55 places. **How
# many parameters does it have?**

# %%
### BEGIN SOLUTION
first_layer = 34944
### END SOLUTION

# %%
# NBVAL_CHECK_OUTPUT
fe.exercises.check("05.6", first_layer)

# %% [markdown]
# Three thousand times fewer. The figure in the paper is what the layer would have if each place had weights of its own.
# (290,400 · 363 = 105,415,200 is a number that means something, too: its multiply-adds.) Mistakes like this one happen
# to careful people. It stands in a review of other work, and nothing in the paper's own results depends on it.
#
# Now the totals. Look at the input size in each row before you compare:

# %%
# NBVAL_CHECK_OUTPUT
print(f"{'':12}{'input':>15}{'classes':>9}{'parameters':>13}{'multiply-adds':>16}{'kept, MB':>10}")
for row in comparison(("sdl-small", "sdl", "sdl-wide")):
    size = " × ".join(map(str, row.size))
    cost = row.cost
    numbers = f"{cost.parameters:13,}{cost.multiply_adds:16,}{cost.memory / 1e6:10.1f}"
    print(f"{cost.block:12}{size:>15}{row.classes:9}{numbers}{'' if row.published else '   on a small picture'}")

# %% [markdown]
# (Those two are torchvision's: an AlexNet with 64 kernels in its first layer, and GoogLeNet without the two auxiliary
# classifiers that only training uses; with them it has 13.0 million parameters. AlexNet's strides and pools leave
# nothing of 48 pixels, so it stands there with 64.)
#
# So, *fewer parameters*? Than AlexNet, 55 to 450 times fewer in our three sizes. Than GoogLeNet, six to fifty times.
# But *little computing effort* is another question. Much of GoogLeNet's 1.5 billion multiply-adds comes from its
# 224 × 224 pixels. Given the same 48 pixels, it computes as much as `sdl-wide`. And nearly all of AlexNet's parameters
# sit in its fully connected layers, where they cost little to compute.
#
# The sentence to take home: a claim of "fewer" or "less" needs a number, an input size, and the thing that was counted.
#
# ## 5. What is each choice worth?
#
# Whoever fills a gap in a paper should measure what hangs on it. That is an **ablation**: change one thing, keep all
# else, train again. Five seeds each, since one run is an anecdote, and *paired*: a seed decides which pictures are
# fitted on, the start weights and the order, and every row shares that as far as it can. The faces are FER-2013's. The
# network is `sdl-small`, the same topology with a quarter of the parameters, since every row times every seed is a
# training of its own. (They took longer than a notebook may. The command is printed, and the record ships with the
# package.)
#
# **Predict.** Write down, before you run the cell: which change will cost the most? Which of the five about the
# transformers will make a difference at all? And in which direction?

# %%
# NBVAL_CHECK_OUTPUT
record = fe.records.read("ablation")
base = record["rows"][record["base"]]
print(record["command"], "\n")
runs = len(record["rows"]) * len(record["seeds"])
print(f"{record['data']}: {runs} trainings on {record['pictures']:,} pictures each")
mean, half = student_t([100 * a for a in base["accuracy"]])
print(f"base: {record['base']}, {base['parameters']:,} parameters, {record['epochs']} epochs")
print(f"      {mean:.1f} ± {half:.1f} % right on PublicTest\n")
for name, row in record["rows"].items():
    print(f"{name}: {row['says']}")

# %%
# NBVAL_CHECK_OUTPUT
changes = {name: row for name, row in record["rows"].items() if name != record["base"]}
halves, strict = [], 1 - 0.05 / len(changes)
print(f"{'':42}{'parameters':>11}{'accuracy, %':>14}{'difference':>15}")
for name, row in changes.items():
    gains = [100 * (a - b) for a, b in zip(row["accuracy"], base["accuracy"], strict=True)]
    (mean, half), (gain, width) = student_t([100 * a for a in row["accuracy"]]), student_t(gains)
    verdict = "not told apart" if abs(gain) <= width else ("better" if gain > 0 else "worse")
    if verdict != "not told apart" and abs(gain) > student_t(gains, strict)[1]:
        verdict += ", also as one of many"
    if stopped := sum(map(bool, row.get("stopped", []))):
        verdict += f"; {stopped} runs stopped, the loss was no number"
    halves.append(width)
    accuracy, difference = f"{mean:.1f} ± {half:.1f}", f"{gain:+.1f} ± {width:.1f}"
    print(f"{name:42}{row['parameters']:11,}{accuracy:>14}{difference:>15}   {verdict}")
print(f"\n{len(changes)} comparisons at 95 %: {0.05 * len(changes):.1f} would exclude 0 by luck if nothing mattered;")
print(f"'also as one of many' excludes 0 at {strict:.1%}, which allows for that (Bonferroni).")
print(f"Half of the intervals reach ± {torch.tensor(halves).median():.1f} points or more: smaller effects stay unseen.")

# %%
plots_worth.ablation(record)

# %% [markdown]
# **What came out.** Read the first group first. Without SDL-1's transformer, without SDL-2's, without both, or with
# both frozen at the identity, the network cannot be told from the whole one. Four plain convolutions with the same
# number of parameters and no SDL branch are, if anything, ahead of it. At this size the looking pays nothing: notebook
# 04 found the same on drawn faces, where the true pose is known.
#
# What matters is what the paper does not mention, or mentions in passing. Batch normalisation is worth more than
# everything in the first group together. Dropout *costs* here: a small network in a short training has nothing to
# spare. Joining SDL-1's maps too makes the joined vector five times as long, and loses. Oversampling loses most; but
# PublicTest has as few disgusted faces as Training, and accuracy hardly pays for finding them (notebook 01, section 8).
# The L2 term at the paper's strengths, and the place of the ReLU, cannot be told from nothing.
#
# **What such a table shows, and what it does not**
#
# - *Not told apart* is not *no effect*. It says that an effect much larger than the interval would have been seen.
# - Three rows belong together. *No transformer* takes parameters away along with the look. *Frozen at the identity*
#   keeps the parameters, and takes only the look. *Baseline branch alone, as many parameters* spends them elsewhere.
#   Only if "both transformers" is ahead of all three is it the looking that pays.
# - Every change was trained with one recipe, whose learning rate had been chosen with batch normalisation in. A network
#   without it may want a lower rate. The table answers "what if I leave this out and change nothing else?", not "how
#   good could it get?"
# - The ± is about seeds. All runs are scored on the same pictures, and another draw of faces would move all of them
#   (notebook 07). Each run picked its epoch on 1,000 other pictures of Training, and PublicTest was scored once.
#
# ## 6. Do the two transformers do anything?
#
# One network, trained and shipped: `sdl-faces`. On our drawn faces the true pose is known, so ask what notebook 04
# asked: is the look far from the identity, does it differ from face to face, does it un-warp?
#
# **Predict.** Notebook 04 found that labels alone un-warp nothing. Here are two transformers, more layers and more
# pictures. Will θ1 undo the tilt? Will θ2?

# %%
light = faces.images.float() / 255
with torch.no_grad():
    looks = [model.observe(some) for some in light.split(100)]
theta1, theta2 = (torch.cat([getattr(look, name) for look in looks]) for name in ("theta1", "theta2"))
through = fe.geometry.compose(theta1, theta2)
identity = fe.geometry.identity_theta(len(faces))
for name, theta in (("θ1", theta1), ("θ2", theta2)):
    far = (theta - identity).flatten(1).norm(dim=1).mean()
    varies = (theta - theta.mean(dim=0)).flatten(1).norm(dim=1).mean()
    print(f"{name}: |θ − I| = {far:.3f} on average; |θ − mean θ| = {varies:.3f}")
print("\nhow unevenly the faces stand")
for name, theta in (("as drawn", identity), ("through θ1", theta1), ("through θ1 and θ2", through)):
    print(f"{name:18}", pose_errors(theta, faces.truth.theta))

# %%
tilted = faces.truth.theta[:, 0, 1].abs().argsort(descending=True)[:7]
with torch.no_grad():
    grid = fe.geometry.affine_grid(through[tilted], (7, 1, 48, 48))
    seen = fe.geometry.bilinear_sample(light[tilted], grid, padding_mode="border")
plots_transformer.looks(faces.images[tilted], through[tilted], seen)

# %% [markdown]
# The seven faces that are turned furthest, and what SDL-2 would see of them through both looks. In the network that is
# saved here, both looks stay within a few hundredths of the identity, and the faces stand after them as they stood
# before. The transformers have moved, and they do not un-warp.
#
# But a small move might still matter. So take it away from the *trained* network, and count: each face's own look, the
# same mean look for all faces, no look at all, and the look of another face. (The baseline branch does not look, so it
# is computed once.)

# %%
with torch.no_grad():
    normal = model.normalise(light)
    base = torch.cat([model.baseline(some) for some in normal.split(100)]).flatten(1)


@torch.no_grad()
def right_through(look1, look2):
    """Return which faces the network names right, bool [N], if it looks through these θ instead of its own."""
    second = []
    for some, one, two in zip(normal.split(100), look1.split(100), look2.split(100), strict=True):
        first = model.sdl1.extract(model.sdl1.transformer.transform(some, one))
        second.append(model.sdl2.extract(model.sdl2.transformer.transform(first, two)).flatten(1))
    return model.classifier(torch.cat([base, torch.cat(second)], dim=1)).argmax(1) == faces.labels


another = torch.arange(len(faces)).roll(1)
own = right_through(theta1, theta2)
for name, (look1, look2) in {
    "its own": (theta1, theta2),
    "the mean look": (theta1.mean(0).expand_as(theta1), theta2.mean(0).expand_as(theta2)),
    "the identity": (identity, identity),
    "another face's": (theta1[another], theta2[another]),
}.items():
    right = right_through(look1, look2)
    low, high = wilson(int(right.sum()), len(faces))
    lost, won = int((own & ~right).sum()), int((~own & right).sum())
    print(f"{name:16}{right.float().mean():6.1%} right ({low:.1%} to {high:.1%}); lost {lost}, won {won} faces")

# %% [markdown]
# Read the last two columns, they are paired: which faces does the network lose, and which does it win, when its looks
# are replaced? In the run that is saved here, not one answer depends on *whose* look is used: the look is the same for
# all faces, but for a hair. Looking straight ahead changes a handful of five hundred answers, which cannot be told from
# nothing. That does not say that the two SDL blocks are useless: their convolutions still feed half of the joined
# vector. It says that this network has no use for the *looking*.
#
# ## How far are you?

# %%
# NBVAL_CHECK_OUTPUT
fe.exercises.progress("05")

# %% [markdown]
# ## Take away
#
# - A methods section is a specification with holes. List them, choose, make each choice a name that can be changed.
# - The SDL network is two transformers with a convolution behind each, beside a plain convolutional network.
# - Parameters, multiply-adds and memory are three costs. Here three different blocks lead in them.
# - "Fewer parameters" needs a number, and an input size to compare at.
# - Judge a part by what happens without it: with its parameters kept, over several seeds, paired.
# - A transformer that is in the network need not be in use.
#
# **An honest limitation.** We filled the holes as careful readers would, and the authors may have filled them
# otherwise. So nothing here says what *their* network does. The ablation is of a small network, trained for few epochs
# on a part of one data set, with one recipe. Longer training, other widths or stronger tilts may change it.
#
# ## Two questions
#
# **1. A table in a paper: "without transformer 61.0 %, with transformer 61.9 %". What do you ask?**
#
# <details><summary>Answer</summary>
# Over how many seeds, and how far do they scatter? Did both networks have as many parameters, or did the transformer
# bring its own? Is the same network with the transformer frozen at the identity as good? Were both trained with a
# recipe that was tuned for one of them? And which pictures were they scored on: those on which the best epoch was
# picked?
# </details>
#
# **2. You double the side of the pictures to 96 × 96 and change nothing else. What happens to the parameters, the
# multiply-adds and the memory?**
#
# <details><summary>Answer</summary>
# The convolutions keep their parameters. Their multiply-adds and the activations become four times as many, since each
# kernel is used at four times as many places. The joined vector is four times as long, so FC 1 has four times as many
# weights; and the localisation networks' first linear layers grow likewise. FC 1 alone then holds about 1.2 million.
# Try it: <code>total(costs(fe.models.create("sdl", image_size=96)))</code>.
# </details>
#
# ## References
#
# - Khan, Singh and Agrawal (2023), the paper that this course rebuilds: DOI 10.33166/AETiC.2023.02.002
# - Jaderberg, Simonyan, Zisserman and Kavukcuoglu (2015), *Spatial transformer networks*: arXiv 1506.02025
# - Krizhevsky, Sutskever and Hinton (2012), *ImageNet classification with deep convolutional neural networks*: AlexNet;
#   torchvision's is Krizhevsky (2014), *One weird trick*: arXiv 1404.5997
# - Szegedy and others (2015), *Going deeper with convolutions*: GoogLeNet, arXiv 1409.4842
# - Ioffe and Szegedy (2015), *Batch normalization*: arXiv 1502.03167
# - Srivastava and others (2014), *Dropout*: Journal of Machine Learning Research 15
#
# **Next:** 06, *Does it train as they say, and how fast can it go?*

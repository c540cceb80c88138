# %% [markdown]
# # 09 · Zeiler and Fergus
#
# <!-- badges -->
#
# **What has each layer learned to see?**
#
# In 2014 Matthew Zeiler and Rob Fergus opened a network layer by layer and showed what each feature map answered to.
# The paper that this course rebuilds leans on them for its figures 1 and 15. After this notebook you will
#
# - be able to take one activation back to the pixels with a pencil: switches, ReLU, turned-round filters;
# - know in one line how a deconvnet, plain backpropagation and guided backprop differ, and have tested the rest;
# - have seen what the layers of our network answer to, and how that grew during training;
# - be able to say what such pictures do *not* show;
# - have slid a square over a face, and know why its filling is part of the question;
# - know which of fourteen methods beat plain edges on faces whose truth is known;
# - have caught a network that cheats, found out which maps would have told you, and cured it.
#
# **What you need.** Notebooks 05 and 08. Nothing to download.
#
# **How long.** About 100 minutes of your time. The computer needs about a minute on two CPU cores; a GPU is not used.

# %% [markdown]
# ## Set up

# %%
# <install>
from functools import partial

import torch
from scipy import stats
from torch.nn import functional as F

import fer_edu as fe
from fer_edu import plots_deconvnet, plots_saliency, saliency
from fer_edu.exercises import ch09
from fer_edu.saliency import adjoints, attention, shortcut
from fer_edu.saliency.layer_maps import layers

torch.manual_seed(0)
fe.plots.style()
model = fe.models.pretrained("sdl-faces")  # trained on 4,000 drawn faces
faces = fe.data.load("faces", split="test", size=300, seed=0)  # others, which it has never seen

# %% [markdown]
# ## 1. One number deep inside
#
# A feature map is a grid of numbers. Each says how strongly one filter answered at one place. Take the third layer of
# the baseline branch, and one of its maps, on one face.
#
# **Predict.** From the grid on the right, can you tell what the map answers to?

# %%
network = saliency.Deconvnet(model)
one = faces.images[1:2]
maps = network.features(one, "baseline 3")
channel = int(maps[0].flatten(1).amax(1).argmax())
sheet, (left, right) = fe.plots.figure(6.5, 3.2, 1, 2)
fe.plots.picture(left, one[0], "a face, 48 x 48")
right.imshow(maps[0, channel], cmap="cividis")
right.set(title=f"baseline 3, map {channel}: 6 x 6", xticks=range(6), yticks=range(6))
right.grid(False)
sheet

# %% [markdown]
# It says *where*, and roughly at that: 36 places for the whole face. It does not say *what*. Behind the brightest cell
# stand three convolutions and three pools, and a window of some twenty pixels a side. Which of these pixels mattered,
# and in which pattern?
#
# Zeiler and Fergus' answer: **keep that one number, set all others to 0, and run the network backwards**, step by step,
# until you stand in the picture again. They called the machine for it a *deconvnet*, and what comes out a *projection*.
#
# | On the way up | On the way back |
# |---|---|
# | convolution, then add a bias | the same filters, transposed; no bias |
# | ReLU: negatives become 0 | ReLU again, on what comes back |
# | max-pool: keep the largest; note where it stood, its *switch* | write each value to its switch, 0 elsewhere |
#
# ## 2. By hand
#
# A network small enough for paper. Its picture has 4 x 5 pixels. Its first filter takes the right pixel minus the left
# one, so its map, 4 x 4, is large where the brightness *rises* from left to right. Then a max-pool of 2, then ReLU (the
# order of our baseline branch), and a second filter over the 2 x 2 numbers that are left, with the bias -1.

# %%
# NBVAL_CHECK_OUTPUT
picture = torch.tensor(ch09.PICTURE).float()
edges = picture[:, 1:] - picture[:, :-1]  # the first filter: right minus left
pooled, switches = F.max_pool2d(edges[None, None], 2, return_indices=True)
up = pooled.relu()[0, 0]
second, bias = torch.tensor([[1.0, -1], [1, 2]]), -1
activation = ((up * second).sum() + bias).relu()
print("pooled, after ReLU:", up.tolist())
print("the second filter: 1·3 - 1·4 + 1·5 + 2·0 - 1 =", activation.item())

# %% [markdown]
# The switches are ringed below. In the last block all four numbers are negative: its largest is -1, and ReLU makes it
# 0. That block was *silent*.
#
# Now back. The activation is 3. Four steps:
#
# 1. **Second filter, turned round**: the activation times the filter: (3, -3) above (3, 6). No bias.
# 2. **ReLU**: (3, 0) above (3, 6).
# 3. **Unpool**: each value goes to its switch.
# 4. **First filter, turned round**: a value $v$ between two pixels becomes $-v$ in the left one and $+v$ in the right.

# %%
rings = torch.zeros(16, dtype=torch.bool)
rings[switches.flatten()] = True
back = activation * second
rectified = back.relu()
unpooled = F.max_unpool2d(rectified[None, None], switches, 2)[0, 0]
projection = F.pad(unpooled, (1, 0)) - F.pad(unpooled, (0, 1))  # +v to the right pixel, -v to the left one
plots_deconvnet.tables(
    [picture, edges, up], ["picture", "right minus left", "pooled, ReLU"], [None, rings.view(4, 4), None]
)

# %%
plots_deconvnet.tables(
    [back, rectified, unpooled, projection],
    ["3 · filter", "ReLU", "unpooled at the switches", "projection"],
    [None, None, rings.view(4, 4), None],
)

# %% [markdown]
# Read the projection: orange is negative, purple is positive, white is 0. It says: *this activation answered to these
# three rising edges*. It found the places by the switches alone.
#
# And look at the strongest of the three, the 6. It lies in the block that was **silent**. On the way up it added
# nothing at all. A deconvnet does not ask whether a unit was active: its ReLU looks at what comes back, and nothing
# else. Keep this in mind when a projection glows.
#
# ### Exercise 09.1: a deconvnet's pass (paper and pencil)
#
# The same picture, the same first filter, pool and ReLU, so the same `up`. The second filter is now **(1, 2) above
# (-1, 1)**, the bias is still -1. What is the activation, and what does the projection look like? Four rows of five
# numbers.

# %%
### BEGIN SOLUTION
asked_activation = 5
asked_projection = [
    [0, 0, 0, -10, 10],
    [0, -5, 5, 0, 0],
    [0, 0, 0, -5, 5],
    [0, 0, 0, 0, 0],
]
### END SOLUTION

# %%
# NBVAL_CHECK_OUTPUT
fe.exercises.check("09.1", (asked_activation, asked_projection))

# %% [markdown]
# ### Exercise 09.2: unpooling with switches
#
# Write the step that everything hangs on. `F.max_pool2d(x, 2, return_indices=True)` returns the values and the
# switches: for each value the place of its winner in the map, counted row by row (row · width + column). If windows
# overlap, one place can win two of them. Then what comes back *adds up*.


# %%
def unpool(values, switches, size):
    """values: float [N, C, h, w]. switches: int64 [N, C, h, w]. size: (H, W). Return float [N, C, H, W]."""
    ### BEGIN SOLUTION
    flat = torch.zeros(*values.shape[:2], size[0] * size[1])
    flat = flat.scatter_add(2, switches.flatten(2), values.flatten(2))
    return flat.reshape(*values.shape[:2], *size)
    ### END SOLUTION


# %%
# NBVAL_CHECK_OUTPUT
fe.exercises.check("09.2", unpool)

# %% [markdown]
# ## 3. Three methods, one line apart
#
# Backpropagation also runs backwards through a network: it computes the gradient of one number with respect to the
# pixels. Through a convolution it uses the transposed filter, through a max-pool the switch. So what is new about a
# deconvnet? One line.
#
# | On the way back, at a ReLU | | in our example |
# |---|---|---|
# | **backprop**: passes where the way *up* was positive | `s * (x > 0)` | (3, -3) above (3, **0**) |
# | **deconvnet**: passes what *comes back* positive | `s.relu()` | (3, **0**) above (3, 6) |
# | **guided backprop**: both | `s.relu() * (x > 0)` | (3, **0**) above (3, **0**) |
#
# The first is a derivative: if you change the pixels a little, this is what happens. The other two are not derivatives
# of anything. Six faces, the strongest map of the last layer for each, by all three, on one scale:

# %%
six = faces.images[1:7]
loudest = network.features(six, "baseline 4").amax((2, 3)).argmax(1)  # each face's strongest map
by_rule = {}
for rule in ("backprop", "deconvnet", "guided"):
    by_rule[rule] = saliency.Deconvnet(model, rule=rule).project(six, "baseline 4", loudest).maps
plots_saliency.grid(six, by_rule, scale="same")

# %% [markdown]
# The first line is the noisiest. The two others look as if they had been drawn by somebody who knows what a face is,
# and they hardly differ. That a map looks clean is no evidence that it is true. Section 11 comes back to this.
#
# ### Is the way back right? A test that needs no picture
#
# Take a layer's linear part, $A$, without its bias. Its *transpose* $A^T$ is known by a property that can be tested
# with random numbers: for all $x$ and $y$
#
# $$\langle A x,\; y \rangle = \langle x,\; A^T y \rangle$$
#
# Left: go up with $x$ and compare with $y$. Right: go back with $y$ and compare with $x$. Both are one number. Every
# piece of our deconvnet has to pass, the ones that Zeiler and Fergus did not have, too: an average pool gives each
# value in equal shares to its window, and a spatial transformer gives each value to the four pixels that it was mixed
# from, with the same four weights (notebook 03).

# %%
# NBVAL_CHECK_OUTPUT
g = torch.Generator().manual_seed(0)
theta = fe.geometry.build_theta(20.0, 0.8, 0.1, (0.1, -0.2)).double()
pieces = {
    "convolution": adjoints.Convolution(torch.randn(4, 3, 3, 3, generator=g).double(), padding=(1, 1)),
    "max-pool at its switches": adjoints.MaxPool((2, 2), (2, 2)),
    "average pool": adjoints.AveragePool((4, 4), (4, 4)),
    "look through a held theta": adjoints.Look(lambda x: theta.expand(len(x), 2, 3)),
    "ReLU, the deconvnet's": adjoints.Rectify("deconvnet"),
}
for name, piece in pieces.items():
    x = torch.randn(1, 3, 12, 12, generator=g).double()
    above, kept = piece.forward(x)
    y = torch.randn(above.shape, generator=g).double()
    gap = (above * y).sum() - (x * piece.back(y, kept)).sum()
    print(f"{name:26} {'equal' if gap.abs() < 1e-10 else 'NOT equal'}")

# %% [markdown]
# All linear pieces pass. The ReLU does not, and cannot: it is not linear, so it has no transpose. There one has to
# choose, and the choice is the table above.
#
# ### Exercise 09.3: the adjoint of average pooling (paper and pencil)
#
# An average pool of 2 turns the left 4 x 4 map into 2 x 2 averages. From above comes back $y$:
#
# | | | | | | | | |
# |---|---|---|---|---|---|---|---|
# | 1 | 3 | 0 | 4 | | $y$ = | **8** | **4** |
# | 2 | 6 | 8 | 0 | | | **0** | **-2** |
# | 7 | 7 | 1 | 2 | | | | |
# | 7 | 7 | 3 | 2 | | | | |
#
# 1. What does $A^T$ write into each pixel of the four blocks? Four numbers: upper left, upper right, lower left, lower
#    right.
# 2. What is $\langle A x, y \rangle$? One number. (Then check that $\langle x, A^T y \rangle$ is the same.)

# %%
### BEGIN SOLUTION
four_blocks = (2, 1, 0, -0.5)
inner_product = 32
### END SOLUTION

# %%
# NBVAL_CHECK_OUTPUT
fe.exercises.check("09.3", (four_blocks, inner_product))

# %% [markdown]
# ### And the whole of it, against a library
#
# Captum's *deconvolution* (notebook 08) replaces the derivative of each ReLU by the deconvnet's rule, and lets autograd
# do the rest. It starts from 1 where Zeiler and Fergus start from the activation. So for a network without
# transformers, their map times the activation must be ours. (Through a transformer the two differ: autograd also takes
# the path through θ, of which section 8 speaks.)

# %%
# NBVAL_CHECK_OUTPUT
plain = fe.models.create("cnn", seed=0)  # any weights will do, so: random ones
ours = saliency.Deconvnet(plain).project(faces.images[:20], "logits", channel=3)
theirs = saliency.explain(plain, faces.images[:20], 3, method="deconvolution")
scaled = theirs.maps * ours.activation.abs()[:, None, None]
largest = scaled.abs().amax((1, 2), keepdim=True)
print("equal to 1e-5 of each map's largest value:", bool(((ours.maps - scaled).abs() / largest < 1e-5).all()))

# %% [markdown]
# ## 4. "A deconvnet inverts the network"
#
# The name suggests it: a convolution, undone. **Predict.** How like the picture is its projection? In which layers
# most?
#
# Three measurements. Take, for each map of each layer, the nine pictures of our 300 for which it fires most. (1) How
# alike are the nine *patches* that it saw? (2) How alike are their nine *projections*? (3) How like its own patch is a
# projection? All are correlations over pixels: 1 is the same but for brightness and contrast, 0 is unrelated.


# %%
def alike(a, b):
    """Correlation over pixels of a [..., P] and b [..., P]."""
    a, b = (each - each.mean(-1, keepdim=True) for each in (a, b))
    return (a * b).sum(-1) / (a.norm(dim=-1) * b.norm(dim=-1)).clamp(min=1e-12)


LAYERS = ("SDL-1", "SDL-2", "baseline 1", "baseline 2", "baseline 3", "baseline 4")
top = {layer: saliency.strongest(network, faces.images, layer, range(16)) for layer in LAYERS}
first, other = torch.triu_indices(9, 9, offset=1)
print(f"{'':12}{'patches':>10}{'projections':>14}{'projection and its patch':>28}")
for layer, found in top.items():
    patches, projections = found.patches.float().flatten(2), found.projections.flatten(2)
    among = [alike(each[:, first], each[:, other]).mean() for each in (patches, projections)]
    own = alike(patches, projections).mean()
    print(f"{layer:12}{among[0]:10.2f}{among[1]:14.2f}{own:28.2f}")

# %% [markdown]
# Start with SDL-1. Nine different patches, and nearly one and the same projection. Of course: on the way from SDL-1 to
# the picture there is no max-pool, so no switch. What comes out is the filter itself, spread out by the average pool,
# no matter which picture went in. It differs only by what θ and the picture's border do. **A projection shows what a
# map answers to, and only as much of the picture as the switches have kept.**
#
# And nowhere is a projection its picture: in the baseline the last column falls with every layer. There is less to
# invert, too: each max-pool has thrown away three of four numbers, and each ReLU all negatives.
#
# One more thing to be honest about. Zeiler and Fergus write that the projections of a map vary *less* than its patches.
# In ours, from baseline 2 on, they vary *more*, pixel by pixel: faces of one kind are alike to
# begin with, and the switches jump about by a pixel from face to face. (Pixel by pixel is a strict judge. Your eye, in
# the next section, forgives a shift.)
#
# ## 5. Layer by layer
#
# Here are the first three maps of every layer: first as they are numbered, not chosen for their looks. On the left of
# each block the nine patches, on the right their projections, in the same order. Each block of projections has its own
# scale: orange is darker than around, purple brighter, as this map wants it.

# %%
plots_deconvnet.top_nine(top, maps=3)

# %% [markdown]
# Go down the rows.
#
# - **SDL-1 and baseline 1** see 4 or 5 pixels: an edge of one direction, a bright line, a corner. Filters like these
#   stand at the beginning of nearly every network that has seen pictures.
# - **baseline 2** sees 10 pixels: a curve, an eyelid, the edge of a lip.
# - **SDL-2** comes from the other branch, through two looks and two average pools. Its projections are smooth, since an
#   average pool spreads. It sees 18 pixels and still answers to bars and arcs.
# - **baseline 3** sees 22 pixels: a mouth, a pair of brows. Some maps fire for things that no single word names.
# - **baseline 4** sees 46 of 48 pixels. Its nine patches are nine faces, and often of one expression.
#
# That last remark is an impression. **Predict.** Of a map's top nine, how many show the most frequent expression among
# them? Seven expressions are about equally frequent here. For nine random faces, what would it be? (Not 1/7: the *most
# frequent* of the seven is chosen after looking.)


# %%
def share_of_one_class(labels):
    """labels: int64 [..., 9]. Return the share of the most frequent class among the nine."""
    return torch.stack([(labels == k).float().mean(-1) for k in range(7)]).amax(0)


g = torch.Generator().manual_seed(0)
nines = torch.stack([faces.labels[torch.randperm(len(faces), generator=g)[:9]] for _ in range(2000)])
chance = share_of_one_class(nines)
shares = {}
for layer in LAYERS:
    strength = [network.features(some, layer).amax((2, 3)) for some in faces.images.split(100)]
    strength = torch.cat(strength)  # [picture, map]
    shares[layer] = share_of_one_class(faces.labels[strength.topk(9, dim=0).indices.T])
    mean, half = fe.evaluation.student_t(shares[layer].tolist())
    print(f"{layer:12}{mean:.0%} ± {100 * half:.0f} points over {len(shares[layer])} maps")
print(f"{'chance':12}{chance.mean():.0%}")
plots_deconvnet.shared_classes(shares, chance.mean(), chance.quantile(torch.tensor([0.025, 0.975])).tolist())

# %% [markdown]
# The baseline becomes more and more about expressions, layer by layer. The last layers are far from chance, and even so
# their maps are no "detectors of happiness": on average three of the nine show something else. SDL-2, which sits behind
# both transformers, stays near chance. (The maps are not independent of each other, so the ± is too hopeful.)
#
# ### Explore: what does this map see?
#
# Choose a layer and a map. You see its nine strongest patches, their projections, which expressions they show, and for
# how many of the faces the map fires at all.
#
# 1. Find a map of *baseline 4* whose nine all show one expression. In the projections, which part of the face is it?
# 2. Find one whose nine make no sense to you. Look at the projections, not at the faces. Is there a common pattern now?
# 3. Is there a map that never fires?

# %%
browser = fe.widgets.FeatureBrowser(fe.widgets.BrowserState(model, faces, layer="baseline 4", channel=0))
browser

# %%
print(f"The browser drew {browser.walk()} pictures.")

# %% [markdown]
# Question 2 has a trap in it. Nine pictures out of 300 are 3 % of what the map does. It fires for most of the others as
# well, only less. The nine are the tip.
#
# ## 6. How a feature grows
#
# Now train a small network (the "cnn" of notebook 04: three layers, no transformer) on 1,500 easy faces, and keep its
# weights after every epoch. For four maps of its last layer, look at the strongest activation over 300 other faces,
# after each epoch, and project it back. Zeiler and Fergus did this in their figure 4.
#
# **Predict.** Before training the filters are random numbers. What does a projection through random filters look like?
# And which layer settles first, the last or the first?

# %%
easy = {"difficulty": "easy", "seed": 0}


def train_small(change=None, epochs=8, watch=None, shortcut=None):
    """A small network, trained on 1,500 easy faces; change: what is done to the training faces first, or None."""
    fitted, chosen_on = (
        fe.data.load("faces", split=split, size=size, shortcut=shortcut, **easy)
        for split, size in (("train", 1500), ("val", 300))
    )
    small = fe.models.create("cnn", seed=0)
    snapshots = saliency.Snapshots(small) if watch else None
    fitted = change(fitted) if change else fitted
    recipe = fe.training.recipe("classroom", epochs=epochs, batch_size=64)
    fe.training.fit(small, fitted, chosen_on, recipe, progress="none", on_epoch=snapshots)
    return (small, snapshots) if watch else small


honest, snapshots = train_small(watch=True)
easy_faces = fe.data.load("faces", split="test", size=300, **easy)
grown = saliency.growth(snapshots, easy_faces.images, "part 3", range(4))
plots_deconvnet.over_training(grown, easy_faces.images)

# %%
for layer in ("part 1", "part 2", "part 3"):
    kept = saliency.growth(snapshots, easy_faces.images, layer, range(8))
    jumps = (kept.index[1:] != kept.index[:-1]).float().mean(1)
    words = ", ".join(f"{share:.0%}" for share in jumps)
    print(f"{layer}: maps whose strongest face is another one than an epoch ago: {words}")

# %% [markdown]
# Even through random filters a projection shows *something*: speckles where the switches are, at places where the face
# has structure. Structure in a projection is not yet learning. Then the pattern gathers. From one epoch to the next it
# may jump, because another face has become the strongest. The table counts such jumps: the first layer keeps its
# favourites nearly from the start, the last one goes on changing them for most of the training. At the end, where the
# learning rate falls to 0, all stand still. Zeiler and Fergus report the same order: lower layers first.
#
# ## 7. "Bright means important"
#
# A projection is as bright as its activation is large and its filters are strong. That is about the *map*. Nobody has
# asked about the *answer*. So ask: take a face, project each of the 128 maps of baseline 4, and note how bright it is.
# Then switch that map off, and note by how much the logit of the network's answer falls.
#
# **Predict.** Of the twenty brightest maps, how many speak *against* the answer?


# %%
def switched_off(x, target, layer="baseline 4"):
    """What the logit `target` of one picture x loses when each map of a layer is set to 0, one at a time."""
    count = network.channels(layer)
    keep = 1 - torch.eye(count)[:, :, None, None]
    with saliency.evaluating(model), torch.no_grad():
        before = model(x)[0, target]
        hook = layers(model)[layer].register_forward_hook(lambda _, __, maps: maps * keep)
        after = model(x.expand(count, -1, -1, -1))[:, target]
        hook.remove()
    return before - after


ranks, against = [], 0
for k in range(6):
    x = faces.images[k : k + 1].float() / 255
    target = int(fe.models.predict(model, faces.images[k : k + 1]).argmax())
    lost = switched_off(x, target)
    bright = network.project(x.expand(128, -1, -1, -1), "baseline 4", torch.arange(128)).maps.abs().sum((1, 2))
    ranks.append(stats.spearmanr(bright, lost.abs()).statistic)
    against += int((lost[bright.topk(20).indices] < 0).sum())
mean, half = fe.evaluation.student_t(ranks)
print(f"of the 20 brightest maps of each of 6 faces, {against} of 120 speak against the answer")
print(f"rank correlation of brightness and effect, signs left out: {mean:.2f} ± {half:.2f} over the faces")
plots_deconvnet.brightness_and_importance(bright, lost)

# %% [markdown]
# Brightness is not nothing: a map that hardly fires can do little either way. But a bright one may speak for the class
# or against it: of the brightest, about every fifth does the latter, and its picture glows like any other. A projection
# shows what a map *saw*. What the network then *made* of it stands in the weights above.
#
# ## 8. What was seen, and where to look
#
# Our network has two transformers, and Zeiler and Fergus had none. A pixel can move the answer in two ways now:
#
# $$\frac{d f}{d x} = \underbrace{\frac{\partial f}{\partial x}}_{\text{what, } \theta \text{ held}} \;+\;
# \underbrace{\frac{\partial f}{\partial \theta}\,\frac{d \theta}{d x}}_{\text{where to look}}$$
#
# It is seen through θ, and it has a part in choosing θ. A projection takes the first path: θ is held, as the switches
# are. The second path must not be forgotten, but it must not be mixed in unseen either.
#
# **Predict.** How large is the second path beside the first, for `sdl-faces`? (Notebook 04 showed where its transformer
# looks.)

# %%
split = saliency.where_to_look(model, faces.images[:60])
total = saliency.explain(model, faces.images[:60], split.target, method="gradient").maps
gap = (split.whole - total).abs().amax() / total.abs().amax()
ratio = split.where.abs().sum((1, 2)) / split.what.abs().sum((1, 2))
print(f"what + where is autograd's gradient to 1e-5 of its largest value: {bool(gap < 1e-5)}")
print(f"where / what, sums of absolute values: median {ratio.median():.2%}, largest of 60 faces {ratio.max():.2%}")
plots_deconvnet.what_and_where(faces.images[:3], saliency.where_to_look(model, faces.images[:3]))

# %% [markdown]
# On these faces the look stays close to the whole picture, and the path through θ carries less than one percent. For
# this network little is lost by holding θ. But that is a measurement about `sdl-faces`, and no law.
#
# Here is a network whose transformer does choose. `st-cnn-faces` was made for small faces anywhere in a cluttered
# frame. (It did not find out by itself that looking at the face pays. It was first taught the true poses, then the
# expressions.) **Predict.** Which pixels have a gradient of exactly 0 with θ held? And through θ?

# %%
finder = fe.models.pretrained("st-cnn-faces")
far = fe.faces.Difficulty(
    intensity=(0.8, 1.0), scale=(0.45, 0.7), shift=(-0.45, 0.45), clutter=(0.0, 1.0), noise=(0.0, 0.02)
)
small_faces = fe.faces.load_split("test", 60, 0, far)
split = saliency.where_to_look(finder, small_faces.images)
unread = attention.weight_read(split.theta[:, 0]) == 0  # no sampled point touches these
ratio = split.where.abs().sum((1, 2)) / split.what.abs().sum((1, 2))
print(f"where / what: median {ratio.median():.1f}; pixels that the look does not touch: {unread.float().mean():.0%}")
print(f"there, the largest gradient with θ held: {split.what[unread].abs().max():.1g}", end="; ")
print(f"through θ: {split.where[unread].abs().max():.2g}")
plots_deconvnet.what_and_where(small_faces.images[:3], saliency.where_to_look(finder, small_faces.images[:3]))

# %% [markdown]
# With θ held, a pixel that no sampled point touches has no gradient, to the last digit: two thirds of the frame do not
# exist for the network behind the look. Through θ they do, and here that path is the *larger* one. The whole gradient,
# which is what every library returns, is mostly about where to look: in these faces also at hair, a neck, a collar.
# Somebody who draws it and reads "the network judges the expression by the collar" has mixed two questions. So the
# projections of this notebook hold θ, and say so.
#
# ## 9. What is missed when it is hidden?
#
# Zeiler and Fergus' second idea needs no way back at all. Slide a square over the picture, and watch. They drew four
# things for each place of the square: how strongly the loudest map of the last layer still fires, that map's
# projection, the probability of the true class, and the most probable class.
#
# The face below is angry, and the network says so. **Predict.** Where will the probability of *angry* fall most? And
# what will the network say instead?

# %%
angry_face = 3
seen = saliency.occlude(model, faces.images[angry_face], int(faces.labels[angry_face]))
low = int(seen.probability.argmin())
row, column = divmod(low, len(seen.lefts))
print(f"angry: {seen.plain_probability:.2f} with nothing hidden, {seen.probability.min():.2f} at the worst place:")
print(f"  rows {seen.tops[row]} to {seen.tops[row] + 9}, columns {seen.lefts[column]} to {seen.lefts[column] + 9}")
print(f"at {(seen.answer != seen.plain_answer).float().mean():.0%} of the places the answer changes")
plots_deconvnet.occlusion(faces.images[angry_face], seen, faces.classes)

# %% [markdown]
# The probability falls where the brows and eyes are hidden: the brows are drawn together, and there the anger is. So
# far the figure agrees with what we know of the face. (Its lips are pressed, too. Hiding them changes little.)
#
# Now the second and third picture. The projection of the loudest map lies on nose and mouth, and yet its sum falls most
# where the *eyes* are hidden. Both are right. The map has 3 x 3 places: the projection shows what the strongest of them
# saw, the sum is over all nine. And neither is the answer, which hardly suffers where nose and mouth are hidden.
#
# ### "Occlusion shows what is used"
#
# It is tempting to read the fourth picture as "the network uses these pixels". What was measured is another thing: *how
# the answer changes when these pixels are replaced by a grey square*. A grey square is something to see, too. It has
# edges, it is brighter than dark skin and darker than bright skin.
#
# ### Exercise 09.4: a fill is a question (paper and pencil)
#
# A "network" that is nothing but a weighted sum. It has three pixels, **0.9, 0.5 and 0.1**, and the weights **1, 4 and
# -2**. By how much does the score fall when one pixel is replaced
#
# 1. by grey, 0.5: pixel 1, pixel 2, pixel 3,
# 2. by black, 0: pixel 1, pixel 2, pixel 3?
#
# Two triples. A score that rises has a negative fall.

# %%
### BEGIN SOLUTION
falls = ((0.4, 0, 0.8), (0.9, 2, -0.2))
### END SOLUTION

# %%
# NBVAL_CHECK_OUTPUT
fe.exercises.check("09.4", falls)

# %% [markdown]
# Under grey, pixel 2 is worth nothing and pixel 3 is the most important. Under black, pixel 2 is by far the most
# important and pixel 3 speaks against. Same network, same picture. Neither is wrong: each answers "compared with what?"
# in its own way.
#
# Five fillings of the square on our face, θ live (the transformers look at the covered picture) and θ frozen (they look
# as they looked at the whole one). **Predict.** Which rows or columns will differ?

# %%
fillings = ("grey", "mean", "black", "noise", "blur")
by_fill = {
    fill: {
        theta: saliency.occlude(
            model, faces.images[angry_face], int(faces.labels[angry_face]), stride=3, fill=fill, theta=theta
        )
        for theta in ("live", "frozen")
    }
    for fill in fillings
}
for fill in fillings:
    live, frozen = by_fill[fill]["live"].probability, by_fill[fill]["frozen"].probability
    changed = (by_fill[fill]["live"].answer != seen.plain_answer).float().mean()
    like_grey = stats.spearmanr(live.flatten(), by_fill["grey"]["live"].probability.flatten()).statistic
    print(f"{fill:6} lowest {live.min():.2f}; the answer changes at {changed:4.0%} of the places", end="; ")
    print(f"rank correlation with grey {like_grey:5.2f}; θ live or frozen: at most {(live - frozen).abs().max():.3f}")
plots_deconvnet.fills(faces.images[angry_face], by_fill, faces.classes)

# %% [markdown]
# θ hardly matters here, for the reason of section 8. The filling matters. Grey, the face's own mean and a blur agree on
# where the anger is: on this face they are much the same thing. A black square is at home in the dark hair and strange
# everywhere else, and its map is nearly unrelated to the grey one. A square of noise is the loudest thing in the
# picture, and changes the answer nearly wherever it lies on the lower half. If somebody shows you *the* occlusion map
# of a network, ask what was put there.
#
# ### Explore: drag the square
#
# Take hold of the square and move it over the face. The bars are the probabilities, the ticks those of the whole face.
#
# 1. Find the place where the answer changes first. Make the square smaller until it does not change any more.
# 2. At that place, change the filling. For which fillings is the place still important?
# 3. Is there a place where hiding something makes the network *surer*?

# %%
occluder = fe.widgets.OccluderExplorer(fe.widgets.OccluderState(model, faces, face=angry_face))
occluder

# %%
print(f"The explorer drew {occluder.walk()} pictures.")

# %% [markdown]
# ## 10. The paper's figures 1 and 15
#
# Now we can read them. The paper writes that it uses "the visualisation technique proposed in [19]", which is Zeiler
# and Fergus, "to highlight the most relevant regions of the face image". Figure 1 shows "salient regions for various
# facial expressions", of CK+; figure 15 "some examples of saliency maps and heat maps". In a heat map, "hotness"
# denotes "the areas of the image that have a significant impact on determining the emotion's class".
#
# | | Said | Not said |
# |---|---|---|
# | method | that of [19] | which one: [19] has a deconvnet *and* an occlusion map |
# | what is asked | impact on the class | of which class, by which layer, for which activation |
# | the transformer | | whether θ is held; in whose frame the map is drawn |
# | signs | "hotness" | what is cold: nothing, or evidence against |
# | which faces | "some examples" | how they were chosen, and what the others look like |
# | a control | | what the same picture shows for edges, or for random weights |
#
# So here are two readings of it, with our network: the projection of the logit, all the way through the deconvnet, and
# the occlusion map (the fall of the logit, averaged over the squares that cover a pixel). The faces are the first of
# each expression that the network names right. Green is what we know: the pixels that the expression changes.

# %%
answers = fe.models.predict(model, faces.images).argmax(1)
right = answers == faces.labels
chosen = torch.tensor([int((right & (faces.labels == k)).nonzero()[0]) for k in range(7)])
sample = faces[chosen]
cue = saliency.cue_masks(sample)
readings = {
    "projection\nof the logit": network.project(sample.images, "logits", sample.labels).maps,
    "occlusion": saliency.explain(model, sample.images, sample.labels, method="occlusion").maps,
    "edges\n(no network)": saliency.edges(sample.images),
}
plots_saliency.grid(
    sample.images, readings, [faces.classes[k] for k in sample.labels.tolist()], cue, label="and the cue"
)

# %% [markdown]
# With the face beside it, any of the three lines looks convincing, and the third has never met a network. The paper
# asks how its model knows "to concentrate on emotion-related pixels while ignoring the rest of the image's background".
# On drawn faces that is a question with an answer. Over 40 faces that the network names right: which share of a map's
# positive relevance lies on the cue, and which on the background, beside the shares of an even map?

# %%
many = faces[right.nonzero().flatten()[:40]]
cue = saliency.cue_masks(many)
has_cue = cue.any(dim=2).any(dim=1)  # a neutral face has none
background = ~many.truth.part("face")
maps_of = {
    "projection of the logit": network.project(many.images, "logits", many.labels).maps,
    "occlusion": saliency.explain(model, many.images, many.labels, method="occlusion").maps,
    "edges (no network)": saliency.edges(many.images),
    "an even map": torch.ones(len(many), 48, 48),
}
print(f"{'':26}{'on the cue':>18}{'on the background':>22}")
for name, each in maps_of.items():
    cells = []
    for masks, rows in ((cue, has_cue), (background, torch.ones_like(has_cue))):
        mean, half = fe.evaluation.student_t(saliency.relevance_mass(each[rows], masks[rows]).tolist())
        cells.append(f"{mean:.0%} ± {100 * half:.0f}")
    print(f"{name:26}{cells[0]:>18}{cells[1]:>22}")

# %% [markdown]
# Our network does lean towards the cue: both readings put about three times as much there as an even map would, and
# clearly more than edges do. "Ignoring the background" would say too much. Some of the relevance lies beside the face,
# and what is drawn in a figure with a few chosen faces does not tell how much. (This is about our network on drawn
# faces. It is no verdict on the paper's, which we cannot ask.)
#
# ## 11. Which maps tell the truth?
#
# First a question that needs no truth at all.
#
# ### The sanity cascade
#
# Throw away what the network has learned, layer by layer from the top, and compare each map with that of the trained
# network. A map that is about the *network* must change. One that stays is about the *picture*.
#
# **Predict.** Which of these four methods still draws much the same map when all weights are fresh random numbers?


# %%
def projection_of_logit(network, images, target):
    return saliency.Deconvnet(network).project(images, "logits", target).maps


few = faces[right.nonzero().flatten()[:6]]
methods = {name: name for name in ("gradient", "gradcam", "guided backprop")}
methods["deconvnet"] = projection_of_logit
fallen = {name: saliency.cascade(model, few.images, few.labels, method) for name, method in methods.items()}
called = {"classifier.4": "FC 2", "classifier.1": "FC 1", "sdl2.extract.0": "SDL-2", "sdl1.extract.0": "SDL-1"}
called |= {f"sdl{n}.transformer.localisation": f"θ of SDL-{n}" for n in (1, 2)}
called |= {f"baseline.{4 * n}": f"baseline {n + 1}" for n in range(4)}
for name, steps in fallen.items():
    print(f"{name:22} similar to the trained map when all is random: {steps[-1].signed.nanmean():5.2f}")
plots_saliency.cascade(fallen, names=called)

# %%
ages = {"trained": 0, "classifier\nrandom": 2, "all\nrandom": -1}
drawn = {words: fallen["deconvnet"][k].maps for words, k in ages.items()}
# Each map in units of its own deviation: it starts from a logit, and the size of a random logit means nothing.
plots_saliency.grid(few.images, {words: maps / maps.std((1, 2), keepdim=True) for words, maps in drawn.items()})

# %% [markdown]
# The last line comes from a network that has learned nothing, and it shows faces. With the whole classifier thrown
# away, so that the logit means nothing any more, the deconvnet's map has hardly changed. The reason in one sentence:
# going back, its ReLU keeps what is positive at each step, and that is decided by the filters and the switches,
# whatever stood on top. Nie, Zhang and Patel (2018) made this a theorem: such maps recover parts of the picture.
#
# So a projection of a *logit* says little about the class. A projection of a *feature map* was never meant to: it shows
# what the filters below want, and the filters were not random.
#
# ### The leaderboard
#
# Now with the truth. For this we trained 15 networks of three types on drawn faces, five seeds each, and let every
# method draw its maps of 200 test faces that the network names right. It takes hours, so it ships as a record. The
# score is **part removal** (notebook 08): draw the face again without the action units of one part, say the brows, and
# note by how much the logit falls. A map is right if it ranks the parts as these falls do: 1 is the same order, 0 is
# unrelated. Plain edges, noise and a blob in the middle compete too. They have seen no network.
#
# **Predict.** Where do edges stand among fourteen methods?

# %%
board = fe.records.read("leaderboard")
networks = [name for name in board["networks"] if name != "sdl-faces"]
accuracy = [board["networks"][name]["accuracy"] for name in networks]
print(f"{len(networks)} networks, accuracy {min(accuracy):.0%} to {max(accuracy):.0%}")
print(f"{'':24}{'part removal':>16}{'minus edges':>18}   verdict")
ranked = {}
for row in (*board["rows"]["methods"], *board["rows"]["controls"]):
    score = board["table"][row]["part removal"]
    ranked[row] = (score["mean"], score["half"])
    words = f"{row:24}{score['mean']:9.2f} ± {score['half']:.2f}"
    if row in board["rows"]["methods"]:
        words += f"{score['difference']:+11.2f} ± {score['difference_half']:.2f}   {score['verdict']}"
    print(words)
cue = board["table"]["the cue itself"]["part removal"]
above = [method for method, found in board["against"]["the cue itself"].items() if found["verdict"] == "better"]
print(f"\na map of the expression itself: {cue['mean']:.2f} ± {cue['half']:.2f}; {len(above)} of 14 methods do better")
plots_saliency.ranking(ranked, "part removal (rank correlation)", controls=board["rows"]["controls"])

# %% [markdown]
# (± is Student's 95 % interval over the networks. *Minus edges* is paired, network by network; the verdict is its t
# test, with Holm's correction for having asked it of so many methods.)
#
# Read the verdicts, not the order: many neighbours overlap. What can be said:
#
# - Methods that ask *what if this were gone* (occlusion, feature ablation, Shapley values), or that walk from a
#   baseline to the picture (integrated gradients, DeepLift), rank the parts much as the truth does. So does HiResCAM.
# - The plain gradient with its signs, SmoothGrad, and the two ReLU rules do **worse than edges**. A gradient says in
#   which direction a pixel would have to change; what the pixel has *given* is another question. Leave its sign out
#   (*gradient, absolute*), and it says how much hangs on a pixel, which serves this score well.
# - The deconvnet of a logit, one reading of how the paper's figures were made, is among the last. After the cascade
#   that is no surprise. It is no verdict on projections of feature maps, of which nobody claimed this.
#
# - The last line is the strictest. A map that knows the *face*, how much each pixel changes with the expression, and
#   never asks the network gets more than half of the way. Half of the methods beat it. The others would have been
#   better replaced by a look at the face.
#
# One score is one question. The record holds nine more (`board["table"]`), and they disagree: by relevance mass, which
# asks whether a map lies on the cue, most methods beat edges.
#
# ## 12. A shortcut, caught
#
# A last test, and the most practical one. In notebook 07 you met a network that had learned *glasses mean anger*,
# because in its training pictures more than nine of ten angry people wear glasses. On val it looked better than an
# honest one. Would a map have told us?
#
# Train three networks. `honest` you have. `tempted` gets the same faces with the shortcut planted. `cured` gets the
# tempting faces, each drawn once without and once with glasses, and half as many epochs, so as many pictures in all.

# %%
tempted = train_small(shortcut=shortcut.SHORTCUT)
cured = train_small(change=shortcut.both_ways, epochs=4, shortcut=shortcut.SHORTCUT)
ANGRY = faces.classes.index("angry")
worn = shortcut.wear(easy_faces[:60])  # the same faces without and with glasses, and the pixels that differ
suspects = {"tempted": tempted, "honest": honest, "cured": cured}
for name, suspect in suspects.items():
    accuracy = fe.evaluation.evaluate(suspect, easy_faces).accuracy
    print(f"{name:8} {accuracy:.0%} right on 300 test faces")

# %% [markdown]
# **Predict.** One calm face with glasses. Which of these methods will show the glasses for the tempted network, and not
# for the honest one? (Both maps of a method have one scale. Green are the glasses.)

# %%
shown = ("gradient", "integrated gradients", "deconvolution", "gradcam", "occlusion")
pick = int((worn.on.labels != ANGRY).nonzero()[0])
image = worn.on.images[pick : pick + 1]
pairs = {}
for method in shown:
    pairs[method] = tuple(shortcut.maps_by(method, suspect, image, ANGRY)[0] for suspect in (tempted, honest))
pairs["edges"] = (saliency.edges(image)[0],) * 2
plots_deconvnet.two_suspects(image[0], worn.pixels[pick], pairs, ("tempted", "honest"))

# %% [markdown]
# Hard to say, isn't it? Eyes are honest evidence as well: the lids tell of anger. So *something on the eyes* convicts
# nobody. What could convict is the **difference** to an honest network, over many faces and several pairs of networks.
# Several seeds, 40 faces each, as a record: how much larger is the share of a map's positive relevance on the pixels of
# the glasses, for the tempted network than for the honest one?

# %%
caught = fe.records.read("shortcut")["networks"]["cnn"]
share = caught["share"]
print(f"{'':24}{'tempted':>9}{'honest':>9}{'difference, points':>22}{'AUC':>7}")
gains = {}
for method in share["cheat"]:
    cheat, control = share["cheat"][method], share["honest"][method]
    gains[method] = [100 * (a - b) for a, b in zip(cheat, control, strict=True)]
    mean, half = fe.evaluation.student_t(gains[method])
    line = [sum(values) / len(values) for values in (cheat, control)]
    auc = caught["mean"][method]["auc"]
    print(f"{method:24}{line[0]:9.1%}{line[1]:9.1%}{mean:+15.1f} ± {half:4.1f}{auc:7.2f}")
plots_saliency.ranking(gains, "relevance on the glasses, tempted minus honest, points", ["edges"])

# %% [markdown]
# Edges never met a network, so they show the same for both. Plain gradients see a difference of two or three points,
# with intervals that hold 0: nobody would find that in a picture. Feature ablation over the parts of a face does not
# tell the two apart, and Shapley values put even *less* on the glasses of the tempted network: glasses are none of
# their parts, so what they do is booked under eyes, brows and the rest. Give Shapley a part for the glasses (*glasses
# named*), and the share is by far the largest. But that takes somebody who suspects them already. Of those that need no
# hint, occlusion shows most: twice as much for the tempted network as for the honest one.
#
# And the deconvnet, which failed the cascade? It does tell the two networks apart. That is no contradiction: the
# tempted network's *filters* have learned glasses, and filters are what it shows. It is the class it is silent about.
#
# Could you have found it without a suspicion, from one network alone? Take the mean map for *angry* over many upright
# angry faces, and look for its peak:

# %%
for method in ("occlusion", "gradcam", "integrated gradients", "deconvnet", "edges"):
    cheat, control = caught["blind"][method]["peaks"]
    count = len(share["cheat"][method])
    print(f"{method:22} peak on the glasses: {cheat} of {count} tempted networks, {control} of {count} honest ones")

# %% [markdown]
# For a map to convict, the first number must be high *and the second low*. Integrated gradients point at the glasses of
# the tempted networks, and at those of the honest ones as well: eyes are evidence. Edges do it for both, by nature.
# Occlusion and GradCAM come nearest, on five networks each. And somebody with one network, and no honest one beside it,
# has only the first number.
#
# ### Exercise 09.5: unmask the map
#
# Four methods of that record, without their names, on the tempted and the honest networks, seed by seed. All four put
# more relevance on the glasses than the glasses' share of the picture. Which of them **reveal** the shortcut? Take a
# method as revealing if Student's 95 % interval of its differences (tempted minus honest) lies above 0. Answer with
# their letters, such as "AC".

# %%
for letter, (cheat, control) in ch09.unnamed_maps().items():
    print(letter, "tempted", " ".join(f"{v:.3f}" for v in cheat), "  honest", " ".join(f"{v:.3f}" for v in control))

# %%
### BEGIN SOLUTION
revealing = "BD"
### END SOLUTION

# %%
# NBVAL_CHECK_OUTPUT
fe.exercises.check("09.5", revealing)

# %% [markdown]
# ### Ask the network, not the map
#
# All this needed an honest network to compare with, and somebody who suspects the glasses. Who has both can ask more
# directly: draw each face without and with glasses, change nothing else, and count.
#
# ### Exercise 09.6: which network cheats?
#
# The three networks stand in a line, under letters. Write `turned`: the share of the pictures that are **not** called
# `target` without the glasses and **are** with them. A `network` takes uint8 pictures and returns logits. Then read the
# three shares, and name the letter of the cheat.


# %%
def turned(network, without, wearing, target):
    """without, wearing: uint8 [N, 1, 48, 48], the same faces. Return a share, 0..1."""
    ### BEGIN SOLUTION
    before = network(without).argmax(1)
    after = network(wearing).argmax(1)
    return ((before != target) & (after == target)).float().mean().item()
    ### END SOLUTION


# %%
line = ch09.line_up(**suspects)
for letter, suspect in line.items():
    try:
        found = turned(partial(fe.models.predict, suspect), worn.off.images, worn.on.images, ANGRY)
        print(f"{letter}: {found:.0%} of the faces turn angry with glasses")
    except NotImplementedError:  # the starter
        print(f"{letter}: write `turned` first")

# %%
### BEGIN SOLUTION
letter_of_the_cheat = "B"
### END SOLUTION

# %%
# NBVAL_CHECK_OUTPUT
fe.exercises.check("09.6", (turned, letter_of_the_cheat))

# %% [markdown]
# ### The cure, measured
#
# Four cures of the tempting data, over the same seeds. (*cheat* is the tempted network, *honest* the control.) *Drawn
# both ways* needs somebody who can redraw a face. *Resampled* shows the few angry faces without glasses, and the few
# others with, more often, until half of each class wears them: it needs to know who wears glasses. *Mixed* has data
# that are half honest. *Erased* greys out a random rectangle of each training picture half of the time, and needs to
# know nothing.
#
# **Predict.** Which works? Does any cost accuracy?

# %%
print(f"{'':18}{'accuracy':>14}{'calm, with glasses, called angry':>36}{'on the glasses (occlusion)':>30}")
for kind, behaviour in caught["behaviour"].items():
    cells = []
    for values in (behaviour["accuracy"], behaviour["calm called angry, glasses"], share[kind]["occlusion"]):
        mean, half = fe.evaluation.student_t([100 * value for value in values])
        cells.append(f"{mean:.1f} ± {half:.1f} %")
    print(f"{kind:18}{cells[0]:>14}{cells[1]:>36}{cells[2]:>30}")

# %% [markdown]
# Read the second column. Drawing each face both ways cures: calm people with glasses are called angry about as rarely
# as by an honest network. (It has seen every expression half as often, and that may cost some accuracy.) Resampling and
# half-honest data help, and leave a part of it. Erasing does not help at all. (Perhaps a grey patch that hides the
# mouth makes glasses only more useful. That was not measured.) And the map follows the behaviour: the share of the
# occlusion map on the glasses falls where the shortcut has gone, and stays where it has not. The ± are wide, since five
# seeds are few. Between *resampled* and *mixed* nobody should choose by this table.
#
# ## How far are you?

# %%
# NBVAL_CHECK_OUTPUT
fe.exercises.progress("09")

# %% [markdown]
# ## Take away
#
# - A projection takes one activation back to the pixels: transposed filters, switches, and ReLU on what comes back.
# - Backprop, deconvnet and guided backprop differ in one line, at the ReLU. Only the first is a derivative.
# - A projection is no inverse and no evidence for a class. It shows what a map answers to, as far as the switches know.
# - Occlusion asks what changes when *this* is put *there*. Say what was put there.
# - Before you believe a map: randomise the weights, and draw plain edges beside it.
# - A map that shows the eyes convicts nobody. A difference to an honest network may; a changed picture does.
#
# **Under a saliency map belong:** the method with its settings, the class and the layer, what the colour 0 means, the
# scale (shared by which pictures?), how the pictures were chosen, and the same for edges and for random weights.
#
# **An honest limitation.** Every truth in this notebook is a drawn one. We know the pixels that an expression changes
# because a program changed them, and small networks on drawn faces may use simpler evidence than large ones on
# photographs do. The order of the leaderboard need not hold there. What does hold: a method that fails here has shown
# that it *can* fail, and nobody has the truth to notice it there.
#
# ## Two questions
#
# **1. "The saliency map is centred on the mouth, so the network has learned that a smile means happiness." What would
# you ask?**
#
# <details><summary>Answer</summary>
# What do edges show on this picture (a mouth is full of them)? Does the map change if the weights are randomised? Is it
# the map of this class, and does that of another class look different? Are there signs: does the mouth speak for, or
# against? And the direct test: change the mouth alone, by redrawing or editing, and see whether the answer follows.
# </details>
#
# **2. Why does a deconvnet need switches, when average pooling needs none?**
#
# <details><summary>Answer</summary>
# A max-pool passes one of its four numbers and forgets which. To write the value back one has to know the place, and it
# differs from picture to picture: the switch is kept on the way up. An average pool uses all four numbers with the
# same weight, whatever the picture, so its adjoint can give each its quarter back without looking. That is also why
# projections from SDL-1 are the same for every picture.
# </details>
#
# ## References
#
# - Zeiler and Fergus (2014), *Visualizing and understanding convolutional networks*: arXiv 1311.2901
# - Zeiler, Taylor and Fergus (2011), *Adaptive deconvolutional networks*: ICCV
# - Simonyan, Vedaldi and Zisserman (2014), gradients as saliency, and how they relate to deconvnets: arXiv 1312.6034
# - Springenberg, Dosovitskiy, Brox and Riedmiller (2015), guided backpropagation: arXiv 1412.6806
# - Mahendran and Vedaldi (2016), *Salient deconvolutional networks*: ECCV
# - Adebayo and others (2018), *Sanity checks for saliency maps*: arXiv 1810.03292
# - Nie, Zhang and Patel (2018), why guided backprop and deconvnets recover the picture: arXiv 1805.07039
# - Geirhos and others (2020), *Shortcut learning in deep neural networks*: arXiv 2004.07780
# - Kokhlikyan and others (2020), *Captum*: arXiv 2009.07896
# - Khan, Singh and Agrawal (2023), the paper: DOI 10.33166/AETiC.2023.02.002
#
# **Next:** 10, *What would a referee say?*

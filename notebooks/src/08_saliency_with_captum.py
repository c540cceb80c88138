# %% [markdown]
# # 08 · Saliency with Captum
#
# <!-- badges -->
#
# **Which pixels does the network use?**
#
# After this notebook you will
#
# - be able to compute integrated gradients and Shapley values with paper and pencil, and to say what they add up to;
# - know what twelve methods ask, in which unit they answer, and what their signs do and do not mean;
# - have caught a convincing map that never asked the network, and two sharp ones that listen to it less than they seem;
# - have scored maps against the truth of drawn faces, beside chance, noise and plain edges, with an interval;
# - be able to say what no map can tell.
#
# **What you need.** Notebooks 00 and 05; what a gradient is. Nothing to download.
#
# **How long.** About 110 minutes of your time. The computer needs about a minute on two CPU cores; a GPU is not used.

# %% [markdown]
# ## Set up

# %%
# <install>
import tempfile
from pathlib import Path

import numpy as np
import torch
from scipy import stats

import fer_edu as fe
from fer_edu import plots_saliency, saliency
from fer_edu.exercises.ch08 import suspects
from fer_edu.saliency.attention import attended, following, weight_read
from fer_edu.saliency.cue import pairs
from fer_edu.saliency.sanity import randomised

torch.manual_seed(0)
fe.plots.style()

# %% [markdown]
# We ask the network `sdl-faces` about faces that it has never seen and that it names right: eight of each class. (Why
# it is wrong about the others is another question, and a good one. Not today.)

# %%
model = fe.models.pretrained("sdl-faces")
test = fe.data.load("faces", split="test", size=1000, seed=0)
right = fe.models.predict(model, test.images).argmax(1) == test.labels
some = test[torch.cat([(right & (test.labels == k)).nonzero()[:8, 0] for k in range(7)])]
one_each = torch.arange(7) * 8
seven, names = some[one_each], list(some.classes)
print(f"{int(right.sum())} of {len(test)} named right; {len(some)} of them are asked about")

# %% [markdown]
# ## 1. A map that convinces
#
# Here are two maps of the same seven faces, dark where a pixel counts. **Predict**, before you read the code of the
# cell: which of the two asked the network? Which would you put on a slide?

# %%
two = {
    "first map": saliency.controls(some.images)["edges"],
    "second map": saliency.explain(model, some.images, method="gradient").maps.abs(),
}
plots_saliency.grid(seven.images, {name: maps[one_each] for name, maps in two.items()}, names)

# %% [markdown]
# The first map outlines the brows, the eyes and the mouth, all that an expression is made of. It is a filter of 3 by 3
# numbers, run over the picture: its *edges*. It would look the same for any network, and without one. The second map
# is a network's gradient, and looks like dirt.
#
# So a map that looks like a face is no evidence: faces are made of edges. This notebook collects better evidence. It
# starts with what a map means.
#
# ## 2. The gradient: logits per brightness
#
# Take the logit of the network's answer, and change one pixel a little. By how much does the logit change? All 2,304
# answers come out of one backward pass:
#
# $$R_i = \frac{\partial f_c(x)}{\partial x_i}$$
#
# Its unit is *logits per unit of brightness* (0 is black, 1 is white). A number with a unit can be checked. So change
# three pixels by hand.

# %%
answer = saliency.explain(model, seven.images, method="gradient")
k = 5  # the surprised face
strongest = answer.maps[k].abs().flatten().topk(3).indices
x, step = seven.images[k : k + 1].float() / 255, 1e-3
for place in strongest.tolist():
    row, column = divmod(place, 48)
    up, down = x.clone(), x.clone()
    up[0, 0, row, column] += step
    down[0, 0, row, column] -= step
    with saliency.evaluating(model):
        slope = (model(up) - model(down))[0, answer.target[k]] / (2 * step)
    print(f"row {row:2}, column {column:2}: gradient {answer.maps[k, row, column]:+.3f}, by hand {slope:+.3f}")

# %% [markdown]
# The two agree. (Where they differ more than by rounding, a ReLU or a pool has probably switched within the step: there
# the slope has a kink.)
#
# ### "Purple is important, orange is not"
#
# From here on maps keep their signs. Purple is positive, orange is negative, white is 0, and all maps of one row share
# one scale. For the gradient the sign says: would the logit rise if this pixel became *brighter* (purple) or *darker*
# (orange)? Both move the logit.
#
# **Predict.** The surprised face has a dark, open mouth, and the network says *surprise*. Is the gradient inside the
# mouth purple or orange?

# %%
plots_saliency.grid(seven.images, {"gradient": answer.maps}, names, saliency.cue_masks(seven), label="true cue")

# %%
mouth = some.truth.part("mouth")
surprised = some.labels == some.classes.index("surprise")
gradient = saliency.explain(model, some.images, method="gradient").maps
inside = torch.stack([maps[mask].mean() for maps, mask in zip(gradient[surprised], mouth[surprised], strict=True)])
mean, half = fe.evaluation.student_t(inside.tolist())
print(
    f"mean gradient inside the mouths of {len(inside)} surprised faces: {mean:+.2f} ± {half:.2f} logits per brightness"
)

# %% [markdown]
# Orange, on average: make that dark mouth brighter, and *surprise* loses. So the sign of a gradient is not "for" or
# "against". It is a direction in which to paint. A dark mouth may be the best evidence that there is, and be orange.
# (The green lines are the **true cue**: the pixels that the drawing program changes when it makes this expression. A
# neutral face has none, or a trace.)
#
# ### Two relatives
#
# A gradient is a local thing. Two tricks are common. **Gradient × input** multiplies by the brightness: logits, and
# nothing on black pixels. **SmoothGrad** averages the gradients of noisy copies of the picture, here 24 with a noise of
# a tenth of the range from black to white. Section 5 shows both. Neither answers *how much
# did this pixel contribute, compared with its absence?* For that one has to go a longer way.
#
# ## 3. Integrated gradients: all the way from nothing
#
# The idea of Sundararajan, Taly and Yan (2017): choose a **baseline** $x'$, a picture that stands for "nothing there".
# Walk from it to the picture in a straight line, and on the way add up what each pixel's slope contributes:
#
# $$\mathrm{IG}_i = (x_i - x'_i) \int_0^1 \frac{\partial f}{\partial x_i}\big(x' + \alpha (x - x')\big)\, d\alpha$$
#
# ### By hand: two pixels
#
# $f(x_1, x_2) = x_1 x_2$, at $x = (2, 3)$, from $x' = (0, 0)$. On the way the pixels are $(2\alpha, 3\alpha)$, and
# the slope for $x_1$ is $x_2 = 3\alpha$. So
#
# $$\mathrm{IG}_1 = 2 \int_0^1 3\alpha\, d\alpha = 2 \cdot \tfrac{3}{2} = 3, \qquad
#   \mathrm{IG}_2 = 3 \int_0^1 2\alpha\, d\alpha = 3.$$
#
# Together $3 + 3 = 6 = f(x) - f(x')$. This is **completeness**: nothing is left over, nothing counted twice. Gradient ×
# input gives 6 and 6, which is twice as much as there is to share out.
#
# ### Exercise 08.1: a neuron that is full (paper and pencil)
#
# $f(x_1, x_2) = \min(1,\; x_1 + 6 x_2)$: a neuron that cannot say more than 1. At the picture $x = (1, 0.5)$ it is
# full, so its gradient is $(0, 0)$: change either pixel a little, and nothing happens. Compute
#
# 1. $\mathrm{IG}_1$ from the baseline $(0, 0)$,
# 2. $\mathrm{IG}_2$ from the same baseline,
# 3. the **sum** $\mathrm{IG}_1 + \mathrm{IG}_2$ from *another* baseline, $(1, 0)$.

# %%
### BEGIN SOLUTION
ig_first = 0.25
ig_second = 0.75
other_sum = 0
### END SOLUTION

# %%
# NBVAL_CHECK_OUTPUT
fe.exercises.check("08.1", (ig_first, ig_second, other_sum))

# %% [markdown]
# ### Exercise 08.2: integrated gradients in code
#
# A computer takes the integral in steps. Take the gradient in the **middle** of each of `steps` equal steps, at
# $\alpha = (k + 0.5) / \text{steps}$. `f` takes a tensor of pixels and returns one number;
# `torch.autograd.grad(f(point), point)[0]` is its gradient, if `point.requires_grad_()` was called before.


# %%
def integrated_gradients(f, x, baseline, steps):
    """x, baseline: float [n]. Return float [n], each pixel's share of f(x) - f(baseline)."""
    ### BEGIN SOLUTION
    total = torch.zeros_like(x)
    for k in range(steps):
        point = (baseline + (k + 0.5) / steps * (x - baseline)).requires_grad_()
        total += torch.autograd.grad(f(point), point)[0]
    return (x - baseline) * total / steps
    ### END SOLUTION


# %%
# NBVAL_CHECK_OUTPUT
fe.exercises.check("08.2", integrated_gradients)

# %% [markdown]
# ### A face's way out of the grey
#
# Now the network. The baseline is an even picture of the face's own mean grey. The curve is the slope of the logit on
# the way; the area under it is what all pixels together have contributed.

# %%
face, label = seven.images[k : k + 1].float() / 255, answer.target[k]
grey = face.mean().expand_as(face)
alphas = (torch.arange(32) + 0.5) / 32
path = grey + alphas[:, None, None, None] * (face - grey)
with saliency.evaluating(model):
    path.requires_grad_()
    slopes = torch.autograd.grad(model(path)[:, label].sum(), path)[0]
    ends = [model(each)[0, label].item() for each in (grey, face)]
slopes = (slopes * (face - grey)).sum(dim=(1, 2, 3))
shown = grey + torch.linspace(0, 1, 6)[:, None, None, None] * (face - grey)
plots_saliency.along_the_path(alphas.tolist(), slopes.tolist(), ends, shown)

# %% [markdown]
# More than four fifths of the climb happen in the first fifth of the way. There the face hardly stands out from the
# grey, but this network sets every picture to the same contrast before it looks, so a faint face is a face. At the
# right end, where the picture is, the slope is almost 0. *That* is where the gradient of section 2 was taken. It says
# little about how the logit came to be as high as it is, just like the full neuron's.
#
# The area is the sum of the map. It is not quite the change of the logit: 32 steps are few where the curve is steep.
# The remainder is called the **completeness gap**. `explain` gives it with every map that is meant to add up.
#
# **Predict.** Four times as many steps: by what does the gap shrink? And will DeepLift, which replaces the integral by
# one step with its own rules at each ReLU, add up?

# %%
for name, options in (
    ("integrated gradients", {"steps": 4}),
    ("integrated gradients", {"steps": 16}),
    ("integrated gradients", {"steps": 64}),
    ("deeplift", {}),
    ("gradient x input", {}),
):
    found = saliency.explain(model, seven.images, method=name, **options)
    steps = f", {options['steps']} steps" if options else ""
    print(f"{name + steps:33} mean |gap| {found.gap.abs().mean():6.3f} logits")
    for note in found.notes:
        print("    " + note)

# %% [markdown]
# More steps close the gap of integrated gradients. DeepLift's stays open, at several logits, and the note says why:
# this network multiplies and divides its picture by things that hang on the picture, and DeepLift has no rule for that.
# A map whose parts do not add up to what they share out may still be of use, but it is not an account. (Gradient ×
# input never promised to add up in such a network. Its gap is against black.)
#
# ### "Nothing" is a choice
#
# Exercise 08.1 showed that another baseline is another question. On black, every bright pixel is news. On mean grey,
# dark pixels are news too. **Predict**: what does a map look like that compares with white?

# %%
baselines = {
    f"from {name}": saliency.explain(model, seven.images, method="integrated gradients", baseline=name).maps
    for name in ("mean", "black", "white")
}
plots_saliency.grid(seven.images, baselines, names, scale="same")

# %%
mean_grey, black, white = baselines.values()
for name, other in (("black", black), ("white", white)):
    print(f"mean grey against {name}: rank correlation {saliency.similarity(mean_grey, other).mean():+.2f}")

# %% [markdown]
# The three orders of the pixels have little or nothing in common. Another baseline is another question, and so another
# answer: no map is wrong here. On white, a white tooth gets exactly 0, since it does not differ from the baseline. A
# caption that says "integrated gradients" and no baseline has left out half of the method.
#
# ## 4. "Absolute values are harmless"
#
# Many figures in papers show $|R|$: it looks calmer. For integrated gradients the sign *is* for and against, compared
# with the baseline. What goes lost?
#
# ### Exercise 08.3: with and without signs (paper and pencil)
#
# A map in logits: on the **mouth** it is $0.5,\; 0.4,\; -0.6,\; -0.5$; on the **eyes** $0.3,\; 0.2,\; -0.1,\; 0$.
# Compute
#
# 1. the sum over the mouth and
# 2. the sum over the eyes, with their signs;
# 3. the mouth's share of the map, when absolute values are taken first;
# 4. which of the two would you hide to *raise* the logit, `"mouth"` or `"eyes"`?

# %%
### BEGIN SOLUTION
mouth_sum = -0.2
eyes_sum = 0.4
mouth_share = 0.769
hide = "mouth"
### END SOLUTION

# %%
# NBVAL_CHECK_OUTPUT
fe.exercises.check("08.3", (mouth_sum, eyes_sum, mouth_share, hide))

# %% [markdown]
# Does the network agree? Take the 100 pixels that speak most *for* its answer, by integrated gradients, and paint them
# mean grey. Then, instead, the 100 that speak most *against* it. Without signs both sets are equally dark in the map.
#
# **Predict** what happens to the logit in each case.

# %%
ig = saliency.explain(model, some.images, method="integrated gradients").maps
before = fe.models.predict(model, some.images).gather(1, some.labels[:, None])[:, 0]
level = some.images.float().mean(dim=(1, 2, 3), keepdim=True).round().to(torch.uint8)


def painted(scores):
    """Return how the logit changes when each face's 100 pixels of highest score become mean grey."""
    chosen = torch.zeros_like(scores, dtype=torch.bool).flatten(1)
    chosen = chosen.scatter(1, scores.flatten(1).topk(100).indices, True).view_as(scores)
    pictures = torch.where(chosen[:, None], level, some.images)
    return fe.models.predict(model, pictures).gather(1, some.labels[:, None])[:, 0] - before


for name, scores in (
    ("100 pixels most for", ig),
    ("100 pixels most against", -ig),
    ("100 largest |R|", ig.abs()),
    ("100 pixels by chance", saliency.controls(some.images)["noise"]),
):
    mean, half = fe.evaluation.student_t(painted(scores).tolist())
    print(f"{name:24} painted grey: the logit changes by {mean:+.2f} ± {half:.2f}")
against = ig.clamp(max=0).abs().sum() / ig.abs().sum()
print(f"share of |R| that lies on pixels that speak against the answer: {against:.0%}")

# %% [markdown]
# The sign matters: the pixels *for* cost the logit about four times as much as those *against*, and without signs
# nobody could tell the two sets apart. Half of $|R|$ lies on pixels that speak against, and in a figure it looks like
# evidence for.
#
# But the logit did not *rise* without the pixels that speak against, as one might expect. It fell, by about as much as
# without 100 pixels picked at random. A hundred grey dots do harm by themselves, wherever they are: the network has
# never seen such a face. Keep that in mind for all methods that take something away (section 7).
#
# For a plain gradient it is another matter: its sign was no evidence to begin with, and $|\partial f/\partial x|$ is a
# fair question: *how strongly?* Section 8 measures both. So say in a caption which of the two is shown, and of what.
#
# ## 5. Sharp is not faithful
#
# Two famous methods change one rule of the backward pass. Where a gradient comes to a ReLU on its way back, it passes
# if the ReLU was *open*. **Deconvolution** (Zeiler and Fergus 2014) passes it if the gradient itself is *positive*.
# **Guided backprop** (Springenberg and others 2015) asks for both.
#
# **Predict.** Which of these rows would convince a reader most?

# %%
sharp = ("gradient", "gradient x input", "smoothgrad", "guided backprop", "deconvolution")
maps = {name: saliency.explain(model, some.images, method=name).maps for name in sharp}
plots_saliency.grid(seven.images, {name: each[one_each] for name, each in maps.items()}, names)

# %% [markdown]
# The last two rows have clean outlines of eyes and mouths, and no dirt. So do they know more about the network?
#
# A test (Adebayo and others 2018): **throw the network's weights away**, draw new ones at random, and ask again. The
# new network has learnt nothing. Whatever stays in the map did not come from learning.

# %%
untrained = randomised(model, some.images, seed=0)
accuracy = (fe.models.predict(untrained, test.images).argmax(1) == test.labels).float().mean()
print(f"the network with new weights names {accuracy:.0%} of the faces")
again = {
    f"{name},\nnew weights": saliency.explain(untrained, seven.images, seven.labels, name).maps for name in sharp[::3]
}
rows = {}
for name in sharp[::3]:
    rows[name] = maps[name][one_each]
    rows[f"{name},\nnew weights"] = again[f"{name},\nnew weights"]
plots_saliency.grid(seven.images, rows, names)

# %% [markdown]
# ### Exercise 08.4: how much of a map survives?
#
# Put a number on it: the **rank correlation** of the map's pixels before and after, for each picture. Ranks, because
# one loud pixel should not decide; `values.argsort(1).argsort(1)` turns each row into ranks. Signs stay.
#
# `map_of(network, images)` returns maps, float [N, 48, 48].


# %%
def survives(map_of, trained, untrained, images):
    """Return float [N], the rank correlation of each picture's map under the two networks, from -1 to 1."""
    ### BEGIN SOLUTION
    maps = [map_of(network, images).flatten(1) for network in (trained, untrained)]
    a, b = (each.argsort(1).argsort(1).float() for each in maps)
    a, b = a - a.mean(1, keepdim=True), b - b.mean(1, keepdim=True)
    return (a * b).sum(1) / (a.norm(dim=1) * b.norm(dim=1))
    ### END SOLUTION


# %%
# NBVAL_CHECK_OUTPUT
fe.exercises.check("08.4", survives)

# %%
for name in ("gradient", "gradient x input", "guided backprop", "deconvolution"):
    fresh = saliency.explain(untrained, some.images, some.labels, method=name).maps
    signed, bare = (saliency.similarity(maps[name], fresh, absolute=bare) for bare in (False, True))
    (mean, half), (size, half_size) = (fe.evaluation.student_t(values.tolist()) for values in (signed, bare))
    print(f"{name:18} with signs {mean:+.2f} ± {half:.2f}, without {size:+.2f} ± {half_size:.2f}")

# %% [markdown]
# With signs, nothing is left of the gradient under new weights. Guided backprop and deconvolution keep a rank
# correlation of about a half. Their outlines come from the *picture*, which decides what is open for the way back, more
# than from what was learnt.
#
# Look at the second number too, where absolute values were taken first. The gradient no longer comes out at 0, and
# gradient × input has more in common with its empty twin, since both are multiplied by the same picture. A test of this
# kind has dials as well: say how it was done.
#
# ### Exercise 08.5: unmask the false map
#
# Three suspects, A, B and C. Each makes signed maps that look as if they had found eyes and mouth. Two of them ask the
# network. One is a fraud: it never does. Which? Do not go by looks; let your `survives` decide (`model` and `untrained`
# are the two networks, `seven.images` the pictures).

# %%
plots_saliency.grid(seven.images, {name: map_of(model, seven.images) for name, map_of in suspects().items()}, names)

# %%
### BEGIN SOLUTION
survival = {name: survives(map_of, model, untrained, seven.images).mean() for name, map_of in suspects().items()}
fraud = max(survival, key=survival.get)
### END SOLUTION

# %%
# NBVAL_CHECK_OUTPUT
fe.exercises.check("08.5", fraud)

# %% [markdown]
# To pass this test is the least one may ask. It does not make a map right: noise that hangs on the weights passes it
# too. (Notebook 09 takes the weights away layer by layer, and goes into *why* the two rules keep their outlines.)
#
# ## 6. Asking a layer: GradCAM and HiResCAM
#
# A deep layer has few places, but each knows much. **GradCAM** takes the layer's feature maps $A^k$ and weights each by
# the *mean* of its gradient; **HiResCAM** multiplies place by place and then adds up:
#
# $$\text{GradCAM} = \sum_k \Big(\tfrac1{hw}\sum_{ij} \frac{\partial f}{\partial A^k_{ij}}\Big) A^k, \qquad
#   \text{HiResCAM} = \sum_k \frac{\partial f}{\partial A^k} \odot A^k$$
#
# If the layer is followed by one global average pool, the two are the same. Our network ends in a *dense* layer, in
# which every place has its own weights. **Predict**: for which of the two is that a problem?

# %%
layer_names = ("SDL-2", "baseline 2", "baseline 3", "baseline 4")
cams, table = {}, []
masks = saliency.cue_masks(some)
for method in ("gradcam", "hirescam"):
    for layer in layer_names:
        found = saliency.explain(model, some.images, method=method, layer=layer).maps
        cams[f"{method},\n{layer}"] = found[one_each]
        table.append((method, layer, saliency.relevance_mass(found, masks).nanmean()))
for method, layer, mass in table:
    print(f"{method:9} {layer:11} {mass:.1%} of the positive relevance lies on the true cue")
print(f"chance    {'':11} {saliency.chance(masks).nanmean():.1%}")
cams = {name: each for name, each in cams.items() if "SDL" not in name and "2" not in name}
plots_saliency.grid(seven.images, cams, names, masks[one_each], label="true cue")

# %% [markdown]
# At each of these layers HiResCAM has more of its relevance on the cue than GradCAM, at the middle ones about twice as
# much or more; GradCAM comes out near chance, at two of the four below it. A mean over places throws away which place
# the dense layer wanted. And the deepest layer, with 3 by 3 places, cannot point at a mouth with either of them.
# `explain` takes baseline 3 unless told otherwise. (Both keep negative values here. GradCAM was published with a ReLU
# at the end, `relu=True`: it hides what speaks against.)
#
# ## 7. Taking things away
#
# All methods so far use slopes. The other family changes the picture and asks again. It needs nothing but answers, so
# it works for any model. **Occlusion** slides a grey window over the face; a pixel gets the mean fall of the logit over
# the windows that cover it.

# %%
windows = {
    f"window {side}, stride {side // 2}": saliency.explain(
        model, seven.images, method="occlusion", window=side, stride=side // 2
    ).maps
    for side in (6, 12, 24)
}
plots_saliency.grid(seven.images, windows, names, masks[one_each], label="true cue")

# %% [markdown]
# The window is a dial that the network does not have. A small one changes little that the neighbours do not tell
# anyway; a large one cannot say which of the things below it was missed. And a grey square is a thing of its own: the
# network has never seen one.
#
# ### Parts instead of squares
#
# The drawn faces come with the pixels of their brows, eyes, nose, mouth, cheeks and skin. **Feature ablation** takes
# away one part at a time. But suppose brows and eyes tell the same: take the brows away, and nobody misses them; take
# the eyes away, likewise. Does neither matter? In economics that is an old question: a team of players earns something
# together, and what is a fair share? **Shapley** (1953) lets the players come in one after another, in *every* order,
# and takes the mean of what each adds when it comes in:
#
# $$\phi_i = \frac{1}{P!} \sum_{\text{orders}} v(\text{those before } i, \text{ and } i) - v(\text{those before } i)$$
#
# Two players: $v(\emptyset) = 0$, $v(1) = 4$, $v(2) = 4$, $v(12) = 6$. In the order 1, 2 the first adds 4 and the
# second 2; in the order 2, 1 it is the other way round. So each gets 3. Together 6, all that there is. (Ablation gives
# 2 and 2.)
#
# ### Exercise 08.6: three parts (paper and pencil)
#
# Logits with only these parts shown, all else grey:
#
# | nothing | brows | eyes | mouth | brows + eyes | brows + mouth | eyes + mouth | all three |
# |---|---|---|---|---|---|---|---|
# | 0 | 4 | 4 | 3 | 4 | 4 | 9 | 9 |
#
# There are six orders. What are the Shapley values of brows, eyes and mouth?

# %%
### BEGIN SOLUTION
shapley_values = (1.5, 4, 3.5)
### END SOLUTION

# %%
# NBVAL_CHECK_OUTPUT
fe.exercises.check("08.6", shapley_values)

# %% [markdown]
# Our faces have seven players: six parts and the rest, so $2^7 = 128$ coalitions a face. That is few enough to try them
# all, so the values are exact. **Predict** for the fourth face, the smile: which part gets most? And will ablation
# agree?

# %%
parts = saliency.parts_of(seven)
shapley = saliency.explain(model, seven.images, method="shapley", parts=parts)
ablation = saliency.explain(model, seven.images, method="feature ablation", parts=parts)
players = ("the rest", *saliency.PART_NAMES)
smile = 3
rows = {
    "Shapley": [shapley.maps[smile][parts[smile] == p].sum().item() for p in range(len(players))],
    "ablation": [ablation.maps[smile][parts[smile] == p].mean().item() for p in range(len(players))],
}
for name, values in rows.items():
    print(f"{name:9}", ", ".join(f"{part} {value:+.2f}" for part, value in zip(players, values, strict=True)), end="")
    print(f"; together {sum(values):+.2f}")
grey_face = torch.full_like(seven.images[smile : smile + 1], 128)
high, low = (
    fe.models.predict(model, each)[0, shapley.target[smile]] for each in (seven.images[smile : smile + 1], grey_face)
)
print(f"logit of the face {high:+.2f}, of even grey {low:+.2f}, difference {high - low:+.2f}")
plots_saliency.by_part(rows, players)

# %% [markdown]
# Both give the smile to the mouth. Shapley's values add up to what the face's logit has over even grey, to the last
# digit that is printed. Ablation's do not come near it: what several parts tell together is missed by none of them
# alone. For some parts the two even differ in sign.
#
# Exact does not mean true. "Taken away" still means "painted grey", and most of the 128 coalitions are faces that no
# network has ever seen: a mouth on a grey oval. And whoever cuts the face into other parts gets other values.
#
# ## 8. Which one is "the" explanation?
#
# Here they all are, with what they ask.
#
# | Method | What it asks | Unit | Adds up? |
# |---|---|---|---|
# | gradient | what if this pixel became a little brighter? | logits per brightness | no |
# | gradient × input | the same, times the brightness | logits | not in our networks |
# | SmoothGrad | the same as the gradient, on average over noise | logits per brightness | no |
# | integrated gradients | what did the pixel add on the way from the baseline? | logits | yes, but for steps |
# | DeepLift | the same, in one step with rules for each ReLU | logits | where its rules reach |
# | guided backprop, deconvolution | a gradient with another rule at each ReLU | none | no |
# | GradCAM | which places of a layer, by the mean gradient of each map? | none | no |
# | HiResCAM | which places of a layer, place by place? | logits | not quite |
# | occlusion | what is missed under a grey window? | logits | no |
# | feature ablation | what is missed without this part? | logits | no |
# | Shapley | what does this part add, on average over all orders? | logits | yes |
#
# Ten of the twelve, the same network, the same 56 faces. Here is how far they agree, as rank correlations of pixels.
#
# **Predict.** Which two methods agree best? Is any pair opposed? And does anything agree with edges?

# %%
asked = (
    "gradient",
    "smoothgrad",
    "integrated gradients",
    "deeplift",
    "guided backprop",
    "gradcam",
    "hirescam",
    "occlusion",
    "feature ablation",
    "shapley",
)
every_part = saliency.parts_of(some)
maps["integrated gradients"] = ig
for name in asked:
    if name not in maps:
        extra = {"parts": every_part} if name in ("feature ablation", "shapley") else {}
        maps[name] = saliency.explain(model, some.images, method=name, **extra).maps
controls = saliency.controls(some.images, seed=0)
compared = {name: maps[name] for name in asked} | {"edges": controls["edges"]}
agreement = np.eye(len(compared))
for i, j in zip(*np.triu_indices(len(compared), 1), strict=True):
    pair = [list(compared.values())[n] for n in (i, j)]
    agreement[i, j] = agreement[j, i] = saliency.similarity(*pair).nanmean()
plots_saliency.agreement(list(compared), agreement)

# %% [markdown]
# Three small families: integrated gradients with DeepLift, ablation with Shapley, HiResCAM with occlusion. They ask
# related questions. Between the families there is next to nothing, not even opposition: pixel by pixel, the gradient
# and the four maps in the lower right know nothing of each other. Some of these agree with edges about as well as with
# each other.
#
# (Pixels are a strict measure: two maps with the same mouth in it and other dirt around it correlate weakly. But
# whoever shows *one* map as "the explanation" has picked one of several, and the reader should know of how many.)
#
# ### The key figure: methods, classes, truth
#
# Seven faces, one of each class, all maps on one colour scale, and the true cue in green. It can stand on a slide by
# itself.

# %%
key = ("gradient", "integrated gradients", "guided backprop", "gradcam", "hirescam", "occlusion", "shapley")
shown = {name: maps[name][one_each] for name in key} | {"edges (no network)": controls["edges"][one_each]}
sheet = plots_saliency.grid(seven.images, shown, names, masks[one_each], label="true cue")
sheet

# %% [markdown]
# For your coursework, save a figure as vectors (PDF or SVG: it stays sharp when enlarged) or as pixels (PNG). Here into
# a folder that is thrown away at once; give a path of your own.

# %%
with tempfile.TemporaryDirectory() as folder:
    for name in ("maps.pdf", "maps.svg", "maps.png"):
        sheet.savefig(Path(folder) / name)
    print(", ".join(sorted(path.name for path in Path(folder).iterdir())), "written")

# %% [markdown]
# ### Explore: four maps of one face
#
# Pick a face, a class, four methods. The scores below each map are explained in the next section.
#
# 1. Ask about a class that the network did **not** answer. Which methods change their map, and which hardly do?
# 2. Put `edges` beside guided backprop. How would you tell them apart, if the titles were gone?
# 3. Move HiResCAM to another layer. Does the story change?

# %%
comparison = fe.widgets.SaliencyComparison(fe.widgets.SaliencyState(model, some))
comparison

# %%
print(f"The explorer drew {comparison.walk()} pictures.")

# %% [markdown]
# ## 9. The truth is known here
#
# On a photograph nobody knows which pixels the network *should* use. Of a drawn face we know two things exactly: which
# pixels carry the expression, and what the network answers when the same face is drawn without it.
#
# ### Where: three scores against a mask
#
# - **pointing game**: does the map's strongest pixel lie in the mask?
# - **relevance mass**: which share of the positive relevance lies inside?
# - **relevance rank**: take the $k$ strongest pixels, $k$ the mask's size. Which share of them lies inside?
#
# A map that knows nothing scores the mask's share of the picture on all three: **chance**.
#
# ### Exercise 08.7: relevance rank
#
# Write it, for one map. An *empty* mask (a neutral face has no cue) has nothing to be hit: return `math.nan`, so that
# it can be left out of a mean. On paper first: the map on the left, the mask on the right. What is $k$, and what the
# rank?
#
# $$\begin{pmatrix} 0.9 & 0.1 & 0.8 \\ 0.3 & -0.7 & 0.2 \end{pmatrix} \qquad
#   \begin{pmatrix} 1 & 1 & 0 \\ 0 & 0 & 0 \end{pmatrix}$$


# %%
import math


def relevance_rank(values, mask):
    """values: float [H, W]. mask: bool [H, W]. Return a number from 0 to 1, or math.nan for an empty mask."""
    ### BEGIN SOLUTION
    k = int(mask.sum())
    if k == 0:
        return math.nan
    places = values.flatten().topk(k).indices
    return mask.flatten()[places].float().mean().item()
    ### END SOLUTION


# %%
# NBVAL_CHECK_OUTPUT
fe.exercises.check("08.7", relevance_rank)

# %% [markdown]
# Now all methods, beside three **controls** that never ask the network: edges, noise, and a round hill in the middle of
# the picture. **Predict**: how many methods beat edges?

# %%
scored = compared | {"|gradient|": maps["gradient"].abs(), "|integrated gradients|": ig.abs()} | controls
chance = saliency.chance(masks).nanmean().item()
print(f"{'':24}pointing   mass    rank")
for name, each in scored.items():
    where = [
        score(each, masks).nanmean().item()
        for score in (saliency.pointing_game, saliency.relevance_mass, saliency.relevance_rank)
    ]
    print(f"{name:24}" + "".join(f"{value:8.1%}" for value in where))
print(f"{'chance':24}" + 3 * f"{chance:8.1%}")

# %% [markdown]
# On pointing and mass every row that asks the network, but one, is above edges: GradCAM has less mass on the cue than
# edges have. That would convince many people. Then look at the rank: a round hill in the middle of the picture, the
# same for every face, comes out above most methods. Faces stand in the middle of pictures, and eyes and mouths in the
# middle of faces. No score is fair to all: a map that is dark on a few pixels only, like Shapley's, wins where the
# strongest pixels count and cannot fill a large mask.
#
# All three ask whether a map lies where the *expression* is. A map could do that without knowing the network, and edges
# nearly do.
#
# ### Whether the network cares: part removal
#
# A mask says where the *expression* is. It does not say whether this network uses it. So draw each face again without
# what one part does: brows flat again, mouth closed again, all else to the last bit as before. The logit of the answer
# falls by some amount, and that is what this part was worth **to this network**. A good map gives a part with a large
# fall a large mean relevance. The score is the rank correlation of the two over all parts of all faces, each face
# compared with itself: 1 is perfect, 0 is what noise gets.

# %%
removed = saliency.removal(model, some, some.labels)
for part, change in zip(removed.parts, removed.change.T, strict=True):
    worth = change[change.isfinite()]
    mean, half = fe.evaluation.student_t(worth.tolist())
    print(f"{part:6} shows something in {len(worth):2} faces; without it the logit falls by {mean:+.2f} ± {half:.2f}")

# %% [markdown]
# **Predict.** Which of the methods that won in the last table will win here?
#
# The intervals come from drawing the 56 faces again, with replacement, 300 times.

# %%
counted = removed.change.isfinite() & removed.pixels.any(dim=(2, 3))
counted &= counted.sum(dim=1, keepdim=True) >= 2
parts_of_face = counted.sum(dim=1)[counted.any(dim=1)].tolist()


def part_removal(each):
    """Return the score of some maps, and half of its bootstrap interval over faces."""
    relevance, change = pairs(each, removed)
    blocks = list(zip(relevance.split(parts_of_face), change.split(parts_of_face), strict=True))
    draws = np.random.default_rng(0).integers(len(blocks), size=(300, len(blocks)))
    values = []
    for draw in draws:
        a, b = (torch.cat([blocks[i][side] for i in draw]) for side in (0, 1))
        values.append(stats.spearmanr(a, b).statistic)
    low, high = np.percentile(values, (2.5, 97.5))
    return saliency.part_removal(each, removed), (high - low) / 2


rows = {name: part_removal(each) for name, each in scored.items()}
for name, (value, half) in sorted(rows.items(), key=lambda row: -row[1][0]):
    print(f"{name:24} {value:+.2f} ± {half:.2f}")
plots_saliency.ranking(rows, "part removal (rank correlation)", tuple(controls), 0.0, "no relation")

# %% [markdown]
# The order has changed. Guided backprop, which pointed at the cue more often than most, does no better here than noise,
# nor does the gradient, nor SmoothGrad: their signs say brighter or darker, and not for or against, so the mean over a
# part means little. Take the gradient's size instead, $|\partial f / \partial x|$, and it climbs to the others: *how
# strongly* was a fair question. The hill in the middle is even worse than noise.
#
# Those that answer in logits, compared with something, come out far above all controls: ablation, HiResCAM, DeepLift,
# integrated gradients, occlusion, Shapley. Among these the intervals overlap, so 56 faces do not tell which is best.
# Ablation leads. It asks nearly the same question as the score does, with grey in place of the drawing program, so that
# is no surprise. And $|R|$ of integrated gradients does as well as $R$: these faces are named right, and nearly every
# part of them speaks for the answer. Signs pay where a part speaks against.
#
# One network, drawn faces, 56 of them. Notebook 09 asks 15 networks.
#
# ## 10. What does the network look for in a class?
#
# One face is an anecdote. Over a whole test set one can ask what the network uses *in general*: turn each map upright
# with the true pose of its face, and average by class. That is 1,000 faces, including those that were named wrong. The
# maps ask about the *true* class.
#
# **Predict.** Where will the mean map of *happy* be purple? Of *angry*? And of *neutral*, which has no cue at all?

# %%
evidence = saliency.explain(model, test.images, test.labels, method="hirescam").maps
plain = fe.faces.without(test, "all")  # the same pictures, but nobody pulls a face
cue = ((test.images.int() - plain.images.int()).abs()[:, 0] >= 2).float()
theta = test.truth.theta
plots_saliency.mean_maps(
    plots_saliency.in_upright_frame(test.images[:, 0] / 255, theta, "border")[:, None],
    plots_saliency.in_upright_frame(evidence, theta),
    test.labels,
    test.classes,
    extra={"the true cue": plots_saliency.in_upright_frame(cue, theta)},
)

# %% [markdown]
# For fear, happy and surprise the network goes by the mouth, nearly alone, though the brows and eyes of fear and
# surprise change as well (lower row). Angry and sad are read from the brows and eyes, and the mouth of the sad faces
# speaks, on average, *against* sad. Such a figure is worth having before one trusts a network with masks, beards or
# scarves in front of its faces.
#
# Two warnings. HiResCAM has 6 by 6 places here, so the blobs cannot be finer. And a mean hides whoever is different:
# the mean of two groups that are read in two ways is a way in which nobody is read. (The neutral column is not quite
# empty below: a few of the faces that are drawn as neutral show a trace of something.)
#
# ## 11. Does the transformer look where the map is?
#
# A spatial transformer chooses a quadrilateral and passes on only what lies inside. One might take that for an
# explanation: *the network attends to it*. So compare: the quadrilateral, the map and the truth, in the frame of the
# original picture.

# %%
seven_looks = model.theta(seven.images.float() / 255).detach()
covered = attended(seven_looks).float().mean(dim=(1, 2))
print(f"the first transformer of sdl-faces passes on {covered.mean():.1%} of the picture")
plots_saliency.overlay(seven.images, maps["hirescam"][one_each], names, theta=seven_looks, columns=7, side=1.6)

# %% [markdown]
# It looks straight ahead, at nearly everything. These faces fill their pictures, so there is nothing to gain by turning
# away, and nothing that its attention could explain (notebook 04 measured the same).
#
# So take faces that are small, anywhere in the frame, and before a cluttered background, and a small network with one
# transformer, `st-cnn-faces`. It comes with the course. Its transformer was *told* the true poses for some epochs, and
# then trained on with the labels alone.
#
# **Predict.** Upper row: what the network saw, the gradient with θ held. Lower row: the gradient through θ alone,
# *where to look*. Where will each be strong: inside the blue outline, or outside?

# %%
dials = {name: tuple(ends) for name, ends in fe.records.read("attention")["settings"]["dials"].items()}
far = fe.faces.load_split("test", size=200, seed=0, difficulty=fe.faces.Difficulty(**dials))
narrow = fe.models.pretrained("st-cnn-faces")
told = fe.models.predict(narrow, far.images).argmax(1) == far.labels
far = far[told.nonzero()[:60, 0]]
ways = saliency.where_to_look(narrow, far.images)
far_looks = ways.theta[:, 0]
print(f"{told.float().mean():.0%} of the far faces named right; {following(far_looks, far.truth.part('face'))}")
first = torch.cat([torch.arange(7), torch.arange(7)])
both = torch.cat([ways.what[:7], ways.where[:7]])
titles = [far.classes[label] for label in far.labels[:7].tolist()] + ["through θ"] * 7
plots_saliency.overlay(far.images[first], both, titles, theta=far_looks[first], columns=7, side=1.6)

# %%
inside, face, far_cue = attended(far_looks), far.truth.part("face"), saliency.cue_masks(far)
unread = weight_read(far_looks) == 0
print(f"{unread.float().mean():.0%} of the pixels are never read; largest gradient there, in logits per brightness:")
print(f"  with θ held {ways.what.abs()[unread].max():.3f}, through θ {ways.where.abs()[unread].max():.3f}")
print("share of the positive relevance      in the look   on the face   on the cue")
for name, each in (
    ("|gradient|, θ held", ways.what.abs()),
    ("|gradient|, through θ", ways.where.abs()),
    ("occlusion", saliency.explain(narrow, far.images, method="occlusion").maps),
    ("edges", saliency.edges(far.images)),
    ("chance (an even map)", torch.ones_like(ways.what)),
):
    shares = [saliency.relevance_mass(each, area).nanmean().item() for area in (inside, face, far_cue)]
    print(f"  {name:33}" + "".join(f"{share:13.1%}" for share in shares))

# %%
print("accuracy of each seed, and the share of its face that a look keeps (through another picture's look)")
for name, row in fe.records.read("attention")["rows"].items():
    seeds = ", ".join(f"{accuracy:.0%}" for accuracy in row["accuracy"])
    keeps = [np.mean(row["following"][key]) for key in ("kept", "by others")] if "following" in row else None
    print(f"{name:15} {seeds:25}" + (f"{keeps[0]:5.0%} ({keeps[1]:.0%})" if keeps else "  no transformer"))

# %% [markdown]
# Where the transformer does choose, three things can be said that a quadrilateral alone does not show:
#
# - With θ held, no pixel outside what is read has any gradient: it is exactly 0. The network behind the transformer is
#   blind there.
# - Through θ those pixels do move the logit: the localisation network reads the whole picture, and what stands outside
#   helps to decide where to look. So "the network did not look there" is wrong, and a plain gradient map mixes both
#   ways.
# - Inside the quadrilateral the relevance is not spread evenly: there is more of it on the cue than the cue's area
#   would make one expect. Attention says what *could* be used. A map goes further, with all the doubts of this
#   notebook.
#
# The last table says what it took. Left to itself, this transformer did not learn to look at the face in these
# trainings: it had to be taught the true poses first. A transformer is no explanation for free.
#
# ## How far are you?

# %%
# NBVAL_CHECK_OUTPUT
fe.exercises.progress("08")

# %% [markdown]
# ## Take away
#
# - A map that looks like a face is no evidence. Edges look like a face.
# - Ask each map for its question and its unit. A gradient's sign is a direction in which to paint; the sign of
#   integrated gradients is for or against, *compared with a baseline that you chose*.
# - A map that promises to add up has a gap. Look at it.
# - Throw the weights away and look again. What stays did not come from learning.
# - There is no "the" explanation. Say which method, which layer, which baseline, and put edges and noise beside it.
# - *Where the cue is* and *what the network uses* are two questions, and two scores.
#
# **An honest limitation.** All scores here are for drawn faces and one network. On photographs nobody knows the cue,
# and the ranking of the methods may be another one (notebook 09 takes 15 networks, and still drawn faces). A map speaks
# about pixels one at a time, while pixels come in crowds: when a thousand neighbours tell the same, sharing it out is a
# convention. And a map shows what moved a *logit*. It does not say what the person felt, nor why the network learnt it.
#
# ## Two questions
#
# **1. A paper shows guided-backprop maps: crisp eyes, crisp mouths. "The network has learnt to look at the right
# parts." What do you ask for?**
#
# <details><summary>Answer</summary>
# The same maps of the network with random weights. Guided backprop keeps much of the picture's outlines whatever was
# learnt, so crispness is not evidence of learning. Then a number beside edges, and a score that asks the network: take
# the part away and see what the answer does.
# </details>
#
# **2. Integrated gradients put almost nothing on the white teeth of a smile. The baseline was white. Does the network
# ignore the teeth?**
#
# <details><summary>Answer</summary>
# The map cannot say. A white pixel does not differ from a white baseline, so it has no way to go and gets exactly 0,
# whatever the network makes of it. Ask again from mean grey or from black.
# </details>
#
# ## References
#
# - Simonyan, Vedaldi and Zisserman (2014), the gradient as a map: arXiv 1312.6034
# - Smilkov and others (2017), *SmoothGrad*: arXiv 1706.03825
# - Sundararajan, Taly and Yan (2017), integrated gradients: arXiv 1703.01365
# - Shrikumar, Greenside and Kundaje (2017), DeepLIFT: arXiv 1704.02685
# - Zeiler and Fergus (2014), the deconvnet and occlusion: arXiv 1311.2901
# - Springenberg and others (2015), guided backprop: arXiv 1412.6806
# - Selvaraju and others (2017), Grad-CAM: arXiv 1610.02391; Draelos and Carin (2020), HiResCAM: arXiv 2011.08891
# - Shapley (1953), *A value for n-person games*; Lundberg and Lee (2017), for models: arXiv 1705.07874
# - Adebayo and others (2018), *Sanity checks for saliency maps*: arXiv 1810.03292
# - Zhang and others (2018), the pointing game: arXiv 1608.00507
# - Arras, Osman and Samek (2022), scores against ground truth, CLEVR-XAI: arXiv 2003.07258
# - Kokhlikyan and others (2020), Captum: arXiv 2009.07896
#
# **Next:** 09, *What has each layer learned to see?*

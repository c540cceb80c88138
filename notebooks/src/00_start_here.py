# %% [markdown]
# # 00 · Start here
#
# <!-- badges -->
#
# **What will I be able to do?**
#
# This course asks one question: *where does a network look when it reads a face, and how do we know?* After this
# notebook you will
#
# - have seen the three things that the course is made of: a face, an un-warp, a saliency map;
# - be able to say what the six numbers of θ do, and turn a tilted face upright with them;
# - know how much of a saliency map lies where it should, and what to compare that with;
# - know how exercises, hints and progress work here.
#
# **What you need.** Some Python, and what a matrix times a vector is. No data set, no account, no GPU.
#
# **How long.** About 30 minutes of your time. The computer needs less than half a minute on two CPU cores; a GPU is not
# used.

# %% [markdown]
# ## Set up
#
# One cell. Run it with Shift + Enter.

# %%
# <install>
import torch

import fer_edu as fe
from fer_edu import saliency

torch.manual_seed(0)
fe.plots.style()

# %% [markdown]
# ## Is everything there?

# %%
device = fe.training.choose_device()
print(f"fer_edu {fe.__version__} is installed, with torch {torch.__version__.split('+')[0]}.")
if device.type == "cpu":
    print("There is no GPU here. That is fine: every notebook of this course runs on a CPU.")
else:
    print(f"There is a GPU here ({device.type}). The notebooks that train will use it.")
print(f"Networks that come trained: {', '.join(fe.models.pretrained_names())}.")

# %% [markdown]
# If a line is missing or an error stands there, run `fer-edu doctor` in a terminal. It says in words what is missing.
#
# ## 1. A face
#
# These faces were drawn by a program, not photographed. Nobody's picture is used without being asked, and there is a
# second reason: the program *knows* what it drew. For every face it can tell how far it was turned, which muscles were
# pulled, and which pixels belong to the mouth.
#
# **Predict.** Cover the titles with your hand and name the expressions. How many of the 14 do you get?

# %%
faces = fe.data.load("faces", split="test", size=200, seed=0)
fe.plots.faces(faces[:14])

# %% [markdown]
# Some are hard. They are meant to be: expressions overlap, and a guess gets one in seven.
#
# ### Explore: what tells fear from surprise?
#
# The program draws a face from its *action units*: numbered movements of the muscles, as the Facial Action Coding
# System lists them. AU12, for instance, pulls the corners of the lips. An emotion's *prototype* is a set of units.
#
# **Predict.** Both fear and surprise widen the eyes and open the mouth. Which movements must come on top, to make a
# surprised face look afraid?
#
# Now press *surprise*, then *fear*, and read the units below the picture. Then take units away one at a time, and stop
# when the face no longer looks afraid to you. Rest the mouse on a slider: the pixels that its unit moves light up. (If
# you read this without a kernel, the next cell shows a smile and its parts instead.)

# %%
playground = fe.widgets.FacsPlayground(fe.widgets.PlaygroundState(units={"AU6": 0.8, "AU12": 0.8}))
playground

# %% [markdown]
# Fear adds three: AU4 draws the brows together, AU7 tightens the lids, AU20 stretches the lips sideways. Leave them out
# one by one, and at some point you will see surprise. Where that point lies differs from person to person, and networks
# confuse the two as well. And that you *see* fear does not mean that somebody feels it: the prototypes say how an
# expression is posed.

# %%
print(f"The playground drew {playground.walk()} pictures.")

# %% [markdown]
# ## 2. An un-warp
#
# The network of this course has a part that may *look* at the picture before the rest sees it. It may turn its look,
# enlarge it, shift it. Six numbers, called θ (theta), say how:
#
# $$\begin{pmatrix} x_s \\ y_s \end{pmatrix} =
# \underbrace{\begin{pmatrix} a & b & t_x \\ c & d & t_y \end{pmatrix}}_{\theta}
# \begin{pmatrix} x_t \\ y_t \\ 1 \end{pmatrix}$$
#
# Read it from right to left. Take a pixel of the *output* (the target, $t$). θ says where in the *input* (the source,
# $s$) it looks. So θ does not move the face. It moves the looking.
#
# Here is the face that is turned the furthest, and the θ that sees it upright. The program knows this θ, because it
# turned the face itself.

# %%
k = faces.truth.theta[:, 0, 1].abs().argmax().item()
look = fe.widgets.ThetaState.of_face(faces, k).truth
picture = faces.images[k : k + 1].float() / 255
grid = fe.geometry.affine_grid(look[None], picture.shape)
fe.plots.unwarp(picture[0], look, fe.geometry.bilinear_sample(picture, grid, padding_mode="border")[0])

# %% [markdown]
# The blue outline on the left is where the look goes; the dot marks its upper left corner. The picture on the right is
# what stands inside the outline, set upright. Where the look leaves the picture, the border is repeated.
#
# ## 3. A saliency map
#
# Which pixels does a trained network use? One way to ask: change a pixel a little, and see how much the network's score
# for its answer changes. That is a gradient, and [Captum](https://captum.ai) computes it. A dark pixel moves the score
# much. The green outlines are the brows, eyes, nose and mouth, as the program drew them.
#
# **Predict.** Before you run the cell: which part of a surprised face should matter most? And of an angry one?

# %%
model = fe.models.pretrained("sdl-faces")
right = fe.models.predict(model, faces.images).argmax(1) == faces.labels
some = [
    torch.nonzero(right & (faces.labels == fe.emotions.CLASSES.index(name))).flatten()[0].item()
    for name in ("happy", "surprise", "angry", "sad")
]
features = sum(faces.truth.part(name) for name in ("brows", "eyes", "nose", "mouth")) > 0
maps = saliency.explain(model, faces.images, method="gradient").maps.abs()
fe.plots.maps(faces.images[some], maps[some], features[some], [faces.classes[i] for i in faces.labels[some].tolist()])

# %% [markdown]
# That is the course in three cells. The rest of it asks how far such pictures can be trusted.
#
# A map that looks like a face convinces people quickly. So put a number on it: what share of the map lies inside the
# green outlines? And compare that with two maps that know nothing of the network. An *even* map has the outlines' share
# of the picture. A map of *edges* is dark wherever the picture changes quickly.

# %%
light = faces.images.float() / 255
down, along = torch.gradient(light[:, 0], dim=(1, 2))
rows = {
    "the network's gradient": maps,
    "edges of the picture": (down**2 + along**2).sqrt(),
    "an even map": torch.ones_like(maps),
}
for name, each in rows.items():
    mean, half = fe.evaluation.student_t(saliency.relevance_mass(each, features).tolist())
    print(f"{name:24} {mean:6.1%} ± {half:.1%} of the map lies on brows, eyes, nose and mouth")

# %% [markdown]
# The figure after ± is half of a 95 % interval over the 200 faces. The network's gradient is far above an even map.
# That would convince many people. But edges, which have never seen the network, do about as well or better. *A map that
# beats chance need not say anything about the model.* Notebook 08 is about the difference.
#
# The outlines are not the whole truth either. The crease between the brows of an angry face lies in none of them, and a
# network may well use it.
#
# ## How exercises work
#
# Each exercise has a cell for you and a check below it. The check knows three answers: **correct**, **incorrect** with
# a reason, and **not attempted**. Nothing breaks if you leave one out: *Run all* reaches the end.
#
# - `fe.exercises.hint("00.1")` gives a hint; call it again for a stronger one.
# - `fe.exercises.solution("00.1")` shows a right answer and why it is right.
# - `fe.exercises.progress("00")` shows how far you are; `fe.exercises.progress()` does so for the whole course.
#
# The comment `# NBVAL_CHECK_OUTPUT` in some cells is for the course's own tests. You can ignore it.
#
# ### Exercise 00.1: a shift in pixels (paper and pencil)
#
# θ works in coordinates that run from -1, the left edge of the picture, to 1, its right edge. From top to bottom it is
# the same. Take
#
# $$\theta = \begin{pmatrix} 1 & 0 & 0.5 \\ 0 & 1 & 0 \end{pmatrix}$$
#
# and a picture that is 48 pixels wide. **By how many pixels to the right of its own place does every output pixel
# look?** No code: work it out on paper and type in the number.

# %%
### BEGIN SOLUTION
pixels_to_the_right = 12
### END SOLUTION

# %%
# NBVAL_CHECK_OUTPUT
fe.exercises.check("00.1", pixels_to_the_right)

# %% [markdown]
# ### By hand: two points through θ
#
# Before you write code, do it once by hand. A look that is turned by 90° has cos 90° = 0 and sin 90° = 1, so
#
# $$\theta = \begin{pmatrix} 0 & -1 & 0 \\ 1 & 0 & 0 \end{pmatrix}.$$
#
# The middle of the output's right edge is $(x_t, y_t) = (1, 0)$. It looks at
#
# $$x_s = 0 \cdot 1 + (-1) \cdot 0 + 0 = 0, \qquad y_s = 1 \cdot 1 + 0 \cdot 0 + 0 = 1,$$
#
# the middle of the *lower* edge, since $y$ points down. Where does the middle of the upper edge, $(0, -1)$, look? Work
# it out, then compare.

# %%
# NBVAL_CHECK_OUTPUT
quarter = torch.tensor([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0]])
for x, y in ((1.0, 0.0), (0.0, -1.0)):
    print(f"the output's ({x:g}, {y:g}) looks at", (quarter @ torch.tensor([x, y, 1.0])).tolist())

# %% [markdown]
# Right went to bottom, and top went to right: a turn clockwise, as a clock on the wall turns.
#
# ### Exercise 00.2: θ of a turned and scaled look
#
# Write the function that makes θ from a rotation in degrees, clockwise, and a scale. At a scale of 0.5 the look's sides
# are half as long, so it sees a smaller patch, and the face in it looks larger. There is no shift.

# %%
import math


def look_theta(rotation, scale):
    """Return θ as a float tensor [2, 3]."""
    ### BEGIN SOLUTION
    cosine = scale * math.cos(math.radians(rotation))
    sine = scale * math.sin(math.radians(rotation))
    return torch.tensor([[cosine, -sine, 0.0], [sine, cosine, 0.0]])
    ### END SOLUTION


# %%
# NBVAL_CHECK_OUTPUT
fe.exercises.check("00.2", look_theta)

# %% [markdown]
# ## Explore: turn the face upright yourself
#
# **Predict.** You move the rotation to the right, so the look turns clockwise. Which way does the face on the right
# turn?
#
# Now try. Click a slider and use the mouse or the arrow keys. Get the distance that stands above the picture below one
# pixel.

# %%
explorer = fe.widgets.ThetaExplorer(fe.widgets.ThetaState.of_face(faces, k), numbers=False)
explorer

# %% [markdown]
# The face turned *against* the look. If you turn your head to the right, the world moves to the left.
#
# The next cell moves every slider from end to end and back. It is there so that a broken explorer is noticed before you
# meet it. Below it is the answer, as numbers for the four sliders.

# %%
print(f"The explorer drew {explorer.walk()} pictures.")
answer = explorer.state.solve()
print("upright at", ", ".join(f"{name} {answer[name]:.2f}" for name in ("rotation", "scale_x", "shift_x", "shift_y")))

# %% [markdown]
# ### Exercise 00.3: the share of a map inside a mask
#
# Above, `relevance_mass` measured which share of a map lies on the features. Write it for one map and one mask. On
# paper first: for the map and the mask
#
# $$\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix} \qquad \begin{pmatrix} 0 & 0 \\ 0 & 1 \end{pmatrix}$$
#
# which share of the map's total lies inside?


# %%
def share_inside(saliency, mask):
    """saliency: float [H, W], nothing negative. mask: bool [H, W]. Return a number from 0 to 1."""
    ### BEGIN SOLUTION
    return (saliency * mask).sum() / saliency.sum()
    ### END SOLUTION


# %%
# NBVAL_CHECK_OUTPUT
fe.exercises.check("00.3", share_inside)

# %% [markdown]
# ## How far are you?

# %%
# NBVAL_CHECK_OUTPUT
fe.exercises.progress("00")

# %% [markdown]
# ## Take away
#
# - θ maps output to input: it moves the looking, so the face moves the other way.
# - Its coordinates run from -1 to 1, and a length of 2 is the whole picture.
# - A saliency map is a measurement. It needs a number, and something to compare the number with.
#
# **An honest limitation.** These faces are drawings, and the labels say which muscles were pulled, not what anybody
# feels. On photographs nobody knows the true mask. What holds here need not hold there. And one gradient of one
# network says little: train it again, and the maps change.
#
# ## Two questions
#
# **1. The scale of θ goes from 1 to 2. Does the face in the output get larger or smaller?**
#
# <details><summary>Answer</summary>
# Smaller. The sides of the look are now twice as long, so it takes in an area four times as large and shows it in the
# same 48 by 48 pixels. "Scale 2" would enlarge the face only if θ moved the face, and it moves the looking.
# </details>
#
# **2. A colleague shows you a map of which 10 % lies on the features. They cover 5 % of the picture. "Twice chance: the
# network reads the features." What do you ask?**
#
# <details><summary>Answer</summary>
# What an edge detector scores. Features are full of edges, so a map that follows edges beats an even map without
# knowing anything of the network. You might also ask over how many faces the 10 % is a mean, and how wide its interval
# is.
# </details>
#
# ## References
#
# - Khan, Singh and Agrawal (2023), the paper that this course rebuilds: DOI 10.33166/AETiC.2023.02.002
# - Jaderberg et al. (2015), *Spatial transformer networks*: arXiv 1506.02025
# - Simonyan, Vedaldi and Zisserman (2014), *Deep inside convolutional networks*, the gradient map: arXiv 1312.6034
# - Adebayo et al. (2018), *Sanity checks for saliency maps*, on edges: arXiv 1810.03292
# - Barrett et al. (2019), *Emotional expressions reconsidered*, on what a face says about a feeling:
#   DOI 10.1177/1529100619832930
#
# **Next:** 01, *What is in the data before any model?*

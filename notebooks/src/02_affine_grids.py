# %% [markdown]
# # 02 · Affine grids
#
# <!-- badges -->
#
# **Where does each output pixel look?**
#
# A network that turns a tilted face upright never moves a pixel. It decides, for every pixel of its output, where in
# the input to look. This notebook is about that decision. After it you will
#
# - read a grid: know why it has negative numbers, why it begins at -0.8, and which of its two numbers is x;
# - know what each of θ's six numbers does, build θ from a turn, a scale, a shear and a shift, and take it apart;
# - chain two looks, turn one round, and find θ from three points;
# - recognise the three mistakes that cost people days: the wrong direction, the wrong order, and two values of
#   `align_corners` in one program. And you will have measured what each costs, in pixels.
#
# **What you need.** Notebook 00, and how to multiply two matrices.
#
# **How long.** About 75 minutes of your time. The computer needs less than half a minute on two CPU cores; a GPU is not
# used.

# %% [markdown]
# ## Set up

# %%
# <install>
import torch

import fer_edu as fe
from fer_edu.geometry import affine_grid, bilinear_sample, build_theta, compose, decompose_theta, invert
from fer_edu.plots_grids import grid_on_both

torch.manual_seed(0)
torch.set_printoptions(precision=4, sci_mode=False)
fe.plots.style()

faces = fe.data.load("faces", split="test", size=200, seed=0)
k = faces.truth.theta[:, 0, 1].abs().argmax().item()  # the face that is turned the furthest
picture = faces.images[k : k + 1].float() / 255
upright = invert(faces.truth.theta[k : k + 1])  # the θ that sees it upright; section 7 says why it is an inverse

# %% [markdown]
# ## 1. Push the pixels, or look?
#
# There are two ways to turn and enlarge a picture.
#
# - **Push** (source to destination): take every *input* pixel, work out where it belongs, and put it there.
# - **Look** (destination to source): take every *output* pixel, work out where it comes from, and look there.
#
# Pushing sounds natural. It is how we think of moving a photograph on a table.
#
# **Predict.** Push the 48 by 48 pixels of a face to places that are turned, and 1.3 times as far from each other. What
# will the picture look like? (The output has 48 by 48 pixels, as the input.)

# %%
look = build_theta(rotation=25, scale=1 / 1.3)
to_input = fe.geometry.pixel_matrix(look, (48, 48), (48, 48))[0]  # output (column, row, 1) -> input, in pixels
rows, columns = torch.meshgrid(torch.arange(48), torch.arange(48), indexing="ij")
places = torch.stack([columns, rows, torch.ones_like(rows)]).reshape(3, -1).float()

new = (torch.linalg.inv(to_input) @ places)[:2].round().long()  # pushed: where each input pixel belongs
inside = ((new >= 0) & (new < 48)).all(0)
pushed = torch.full((48, 48), torch.nan)
pushed[new[1, inside], new[0, inside]] = picture.flatten()[inside]

looked = bilinear_sample(picture, affine_grid(look, picture.shape), padding_mode="border")

sheet, axes = fe.plots.figure(9.5, 3.6, 1, 3)
fe.plots.picture(axes[0], picture, "input")
fe.plots.picture(axes[1], pushed, f"pushed: {pushed.isnan().float().mean():.0%} are holes (dots)")
hole_rows, hole_columns = pushed.isnan().nonzero().T
axes[1].plot(hole_columns, hole_rows, ".", color=fe.plots.ORANGE, markersize=2)
fe.plots.picture(axes[2], looked, "looked: no holes")
sheet

# %% [markdown]
# The orange dots are holes. Nobody was pushed there. And where a picture is made smaller, several pixels are pushed to
# one place and fight for it. Looking has neither problem: every output pixel asks exactly one question, and gets
# exactly one answer. That is why `torch`, OpenCV (inside) and every spatial transformer look.
#
# There is a second reason, which notebook 03 needs: an answer "between two pixels" can be mixed from its neighbours,
# and a mixture has a gradient.

# %% [markdown]
# ## 2. The grid
#
# So we need one place for each output pixel. All of them together are the **grid**: a tensor of shape
# `[N, H_out, W_out, 2]`. For an *affine* grid the places come from six numbers, θ (Eq. 2 of the paper):
#
# $$\begin{pmatrix} x_s \\ y_s \end{pmatrix} =
# \underbrace{\begin{pmatrix} a & b & t_x \\ c & d & t_y \end{pmatrix}}_{\theta}
# \begin{pmatrix} x_t \\ y_t \\ 1 \end{pmatrix}$$
#
# | | means | also called |
# |---|---|---|
# | $(x_t, y_t)$ | an output pixel's own place | target, destination |
# | $(x_s, y_s)$ | the place in the input where it looks | source |
#
# *"What is `affine_grid`?"*, people ask in forums. It is this one multiplication, done for every output pixel. It does
# not see the picture at all: its arguments are θ and a size.
#
# Here is one grid, drawn twice. On the right, the output: its pixels stand in rows and columns, as pixels do. On the
# left, the input: the same points, where they look. Follow the arrows: they start at the output.

# %%
grid_on_both(faces.images[k], upright[0])

# %% [markdown]
# (Only every eighth pixel is drawn.) The face stands upright on the right *because* the grid lies tilted on the left.
#
# ### Why does a scale of 2 shrink the face?
#
# **Predict.** For θ with a scale of 2, is the face in the output twice as large, or half as large? Draw the outline of
# the look on paper before you go on.

# %%
sheet, axes = fe.plots.figure(9.5, 6.2, 2, 3)
for (above, below), scale in zip(axes.T, (0.5, 1.0, 2.0), strict=True):
    theta = build_theta(scale=scale)
    fe.plots.picture(above, picture, f"scale {scale:g}: the look on the input")
    fe.plots.quadrilateral(above, theta[0])
    above.set(xlim=(-29, 76), ylim=(76, -29))
    fe.plots.picture(below, bilinear_sample(picture, affine_grid(theta, picture.shape)), "what it sees: the output")
sheet

# %% [markdown]
# Half as large. A scale of 2 makes the *look* twice as long and twice as high. It takes in more, and shows it in the
# same 48 by 48 pixels. The black frame is what lies outside the picture: the outer pixels look at places where there is
# nothing, and get 0. (What else they could get is a topic of notebook 03.)
#
# **θ moves the looking, not the picture.** Whatever you do to the look, the face does the opposite: turn the look
# clockwise, and the face turns counter-clockwise; shift the look to the right, and the face goes left.

# %% [markdown]
# ## 3. Reading the numbers
#
# *"Why are pixel positions negative?"* *"Why does the identity grid of a 5 x 5 picture begin at -0.8 and not at -1?"*
#
# Here it is. θ is the identity, so every output pixel looks at its own place.

# %%
# NBVAL_CHECK_OUTPUT
identity = fe.geometry.identity_theta()
grid = affine_grid(identity, (1, 1, 5, 5))
print("shape", list(grid.shape))
print("x along the first row:   ", [round(value, 3) + 0.0 for value in grid[0, 0, :, 0].tolist()])
print("y down the first column: ", [round(value, 3) + 0.0 for value in grid[0, :, 0, 1].tolist()])

# %% [markdown]
# Three rules explain every number.
#
# 1. **(0, 0) is the middle of the picture**, not its upper left corner. Left of it x is negative, above it y is
#    negative. So "turn" means "turn about the middle", and θ does not depend on how many pixels there are.
# 2. **-1 and 1 are the edges of the picture.** A *pixel* is a small square, and what is wanted is its *centre*. Five
#    squares share the length 2, so each is 0.4 wide. The first begins at -1, so its centre lies at -1 + 0.2 = **-0.8**.
#    In general, the centre of pixel $k$ of $n$ lies at $(2k + 1)/n - 1$.
# 3. **x is the column, y is the row**, and a place is written (x, y). A tensor is indexed the other way round:
#    `grid[n, row, column]` holds `(x, y)`.
#
# And there is a second ruler. With `align_corners=True`, -1 and 1 are not the edges of the outer pixels, but their
# *centres*: the centre of pixel $k$ of $n$ lies at $2k/(n - 1) - 1$.

# %%
sheet, ax = fe.plots.figure(9.5, 2.9)
shades = torch.tensor([[0.35, 0.75, 0.55, 0.85, 0.45]])
ax.imshow(shades, cmap="gray", vmin=0, vmax=1, extent=(-0.5, 4.5, -0.5, 0.5))
for pixel, shade in enumerate(shades[0]):
    ax.text(pixel, 0, f"pixel {pixel}", ha="center", va="center", color="black" if shade > 0.5 else "white")
rulers = ((False, 0.95, fe.plots.BLUE, "-", 0.12), (True, -0.95, fe.plots.ORANGE, "--", -0.12))
for flag, height, colour, style, away in rulers:
    ends = torch.tensor([-1.0, 1.0])
    left, right = fe.geometry.to_pixels(ends, 5, flag).tolist()
    ax.plot([left, right], [height, height], color=colour, linestyle=style)
    centres = fe.geometry.pixel_centres(5, flag).tolist()
    for pixel, value in enumerate(centres):
        ax.plot(pixel, height, "o", color=colour)
        ax.plot([pixel, pixel], [height, 0.5 if height > 0 else -0.5], ":", color=colour, linewidth=1)
        ax.text(pixel, height + away, f"{value:g}", ha="center", va="bottom" if away > 0 else "top", color=colour)
    for place, value in ((left, -1), (right, 1)):
        ax.plot(place, height, "|", color=colour, markersize=16, markeredgewidth=2.5)
        if not flag:
            ax.text(place, height + away, f"{value}", ha="center", va="bottom", color=colour)
    ax.text(4.8, height, f"align_corners={flag}", va="center", color=colour)
ax.set(xlim=(-0.8, 6.4), ylim=(-1.5, 1.5))
ax.set_axis_off()
sheet

# %% [markdown]
# Neither ruler is wrong. A grid that was made with one and read with the other is: section 8 measures it. This course
# uses False, as `torch` does when you do not say. It has one great advantage: a length of 2 is the whole picture, at
# any number of pixels. With True a picture twice as large has its edges elsewhere.
#
# ### By hand: three points of a 4 x 4 picture
#
# Take a look that is half as large and shifted to the right:
#
# $$\theta = \begin{pmatrix} 0.5 & 0 & 0.25 \\ 0 & 0.5 & 0 \end{pmatrix},
# \qquad x_s = 0.5\,x_t + 0.25, \qquad y_s = 0.5\,y_t$$
#
# Four centres lie at -0.75, -0.25, 0.25, 0.75 (False), or at -1, -1/3, 1/3, 1 (True). So for the output pixel in row 0,
# column 0, with False: $x_s = 0.5 \cdot (-0.75) + 0.25 = -0.125$ and $y_s = 0.5 \cdot (-0.75) = -0.375$.
#
# | output pixel | own place, False | looks at | own place, True | looks at |
# |---|---|---|---|---|
# | row 0, column 0 | (-0.75, -0.75) | (-0.125, -0.375) | (-1, -1) | (-0.25, -0.5) |
# | row 0, column 3 | (0.75, -0.75) | ? | (1, -1) | ? |
# | row 2, column 1 | (-0.25, 0.25) | ? | (-1/3, 1/3) | ? |
#
# **Predict** the four question marks on paper. Then run the cell.

# %%
# NBVAL_CHECK_OUTPUT
theta = torch.tensor([[[0.5, 0.0, 0.25], [0.0, 0.5, 0.0]]])
for flag in (False, True):
    grid = affine_grid(theta, (1, 1, 4, 4), align_corners=flag)
    for row, column in ((0, 0), (0, 3), (2, 1)):
        x, y = grid[0, row, column].tolist()
        print(f"align_corners={flag!s:5}  row {row}, column {column} looks at ({x:7.4f}, {y:7.4f})")

# %% [markdown]
# Row 2, column 1 has x below 0 and y above 0: it stands left of the middle and below it. Whoever takes the row for x
# gets the two the wrong way round, and on a square picture no error is raised.
#
# ### Exercise 02.1: where one pixel looks (paper and pencil)
#
# A picture is **5 pixels wide and 2 pixels high**, and so is the output. Take
#
# $$\theta = \begin{pmatrix} 0.5 & 0 & 0 \\ 0 & 1 & -0.5 \end{pmatrix}$$
#
# and the output pixel in **row 1, column 3** (both counted from 0). Where does it look? Give (x, y), once for
# `align_corners=False` and once for `align_corners=True`. No code: the rulers above and a pencil are enough.

# %%
### BEGIN SOLUTION
with_false = (0.2, 0.0)
with_true = (0.25, 0.5)
### END SOLUTION

# %%
# NBVAL_CHECK_OUTPUT
fe.exercises.check("02.1", (with_false, with_true))

# %% [markdown]
# ## 4. The code
#
# Eq. 2 as two loops, for the default value of the flag. Nothing is hidden.


# %%
def slow_grid(theta, height, width):
    """θ [2, 3] -> grid [height, width, 2], align_corners=False."""
    grid = torch.empty(height, width, 2)
    for row in range(height):
        for column in range(width):
            x = (2 * column + 1) / width - 1
            y = (2 * row + 1) / height - 1
            grid[row, column] = theta @ torch.tensor([x, y, 1.0])
    return grid


# %% [markdown]
# **Check.** Is it what `torch.nn.functional.affine_grid` computes? And the library's own `affine_grid`, for both flags?
# Compare on a θ with six different numbers, and on a size that is not square: on a square, swapped axes can hide.

# %%
# NBVAL_CHECK_OUTPUT
from torch.nn import functional

theta = torch.tensor([[[0.9, -0.4, 0.1], [0.3, 0.7, -0.2]]])
size = (1, 1, 48, 64)
theirs = {flag: functional.affine_grid(theta, size, align_corners=flag) for flag in (False, True)}
deviations = {
    "two loops, False": (slow_grid(theta[0], 48, 64) - theirs[False][0]).abs().max().item(),
    "fe.geometry, False": (affine_grid(theta, size, False) - theirs[False]).abs().max().item(),
    "fe.geometry, True": (affine_grid(theta, size, True) - theirs[True]).abs().max().item(),
}
for name, value in deviations.items():
    print(f"{name:20} {'the same as torch, up to rounding' if value < 1e-6 else 'differs from torch'}")

# %%
for name, value in deviations.items():
    print(f"{name:20} differs from torch by at most {value:.1e}")

# %% [markdown]
# One unit in the last digit of a float32 between 1 and 2 is about 0.0000001. Two programs that add in another order
# may differ by that, and no more.
#
# ### Exercise 02.2: the grid of one θ
#
# Two loops over 48 by 48 pixels take a while in Python. Write the grid without a loop over the pixels, **for both
# values of the flag**. `torch.arange`, `torch.meshgrid` and one `@` are enough.


# %%
def grid_of(theta, height, width, align_corners):
    """theta: float [2, 3]. Return the grid, float [height, width, 2] of (x, y)."""

    ### BEGIN SOLUTION
    def centres(n):
        k = torch.arange(n)
        return 2 * k / (n - 1) - 1 if align_corners else (2 * k + 1) / n - 1

    y, x = torch.meshgrid(centres(height), centres(width), indexing="ij")
    target = torch.stack([x, y, torch.ones_like(x)], dim=-1)
    return target @ theta.T
    ### END SOLUTION


# %%
# NBVAL_CHECK_OUTPUT
fe.exercises.check("02.2", grid_of)

# %% [markdown]
# ## 5. Six numbers, six meanings
#
# The last column of θ is the shift: where the output's middle, (0, 0), looks. The first column says where the
# output's *right-hand direction* (1, 0) points in the input, and the second where its *downward direction* (0, 1)
# points. That is all there is in a matrix.
#
# Six numbers, and six things that we have names for. `build_theta` scales the look, then shears it, then turns it, then
# shifts it:
#
# $$A = \begin{pmatrix} a & b \\ c & d \end{pmatrix} =
# \underbrace{\begin{pmatrix} \cos\alpha & -\sin\alpha \\ \sin\alpha & \cos\alpha \end{pmatrix}}_{\text{turn}}
# \underbrace{\begin{pmatrix} 1 & h \\ 0 & 1 \end{pmatrix}}_{\text{shear}}
# \underbrace{\begin{pmatrix} s_x & 0 \\ 0 & s_y \end{pmatrix}}_{\text{scale}}$$
#
# The way back needs no trick. The first column of $A$ is $s_x (\cos\alpha, \sin\alpha)$: its length is $s_x$, its
# direction is α. The area of the look is $ad - bc = s_x s_y$, and that gives $s_y$. What is left of the second column
# is the shear.

# %%
# NBVAL_CHECK_OUTPUT
theta = build_theta(rotation=30, scale=torch.tensor([[0.5, 0.8]]), shear=0.25, shift=(0.1, -0.2))
print("theta   ", [[round(value, 4) for value in row] for row in theta[0].tolist()])
for name, value in decompose_theta(theta)._asdict().items():
    print(f"{name:9}", [round(number, 4) for number in value.flatten().tolist()])

# %% [markdown]
# **Predict.** Does the order matter? A turn of 30° and a shear of 0.5: first one and then the other, or the other way
# round. Is it the same θ? And a turn and a scale of 0.5 for both sides?

# %%
# NBVAL_CHECK_OUTPUT
turn, shear = build_theta(rotation=30), build_theta(shear=0.5)
even, uneven = build_theta(scale=0.5), build_theta(scale=torch.tensor([[0.5, 1.0]]))
for name, other in (("a shear", shear), ("a scale of 0.5", even), ("a scale of (0.5, 1)", uneven)):
    gap = (compose(turn, other) - compose(other, turn)).abs().max().item()
    print(f"a turn and {name:20} the two orders differ by up to {gap:.3f}")

# %% [markdown]
# Order matters, except for friends such as a turn and an even scale. So a list "rotation 30, shear 0.5" says nothing
# until somebody says in which order. When two programs disagree about a pose, look there first.
#
# ### Explore: both sets of numbers at once
#
# The explorer has θ's six numbers and their six meanings. Change one set, and the other follows. You may also drag the
# look on the left, or one of its corners. Point at a pixel on the right, and the line below says where it looks.
#
# **Predict,** then try:
#
# 1. Which of the six *numbers* change when you move only the rotation? Which when you move only the shift?
# 2. Set a and d, the first and the fifth box, to -1 and the others to 0. What does the face do, and which meaning
#    says so?
# 3. Make the face stand on the right as in a mirror. Which meaning is negative now?
# 4. Set the face upright. How near do you get with the meanings? And with the bare numbers?
# 5. Reset, and switch `align_corners`. What changes on the right, and what on the left?

# %%
explorer = fe.widgets.ThetaExplorer(fe.widgets.ThetaState.of_face(faces, k))
explorer

# %% [markdown]
# <details><summary>What you should have found</summary>
#
# 1. a, b, c and d change with the rotation, since all four hold cos or sin. The shift is alone in the last column.
# 2. The face is turned by 180°. It is not mirrored: two mirrors make half a turn.
# 3. a = -1 and d = 1 mirror left and right. The explorer calls this a turn of 180° with a negative scale y, which is
#    the same matrix.
# 4. With the meanings it takes a minute. With bare numbers a turn needs four of them to move in step. A *network* has
#    to learn exactly that, since θ's bare entries are what it puts out (notebook 04).
# 5. On the right nothing changes: the identity is the identity by both rulers. On the left the outline moves inwards by
#    half a pixel, to what -1 and 1 mean now.
#
# </details>
#
# The next cell moves every control from end to end, so that a broken explorer is noticed before you meet it.

# %%
print(f"The explorer was driven through {explorer.walk()} states.")

# %% [markdown]
# ## 6. Two looks in one
#
# First set the face upright, then look at the mouth. That is two looks, one after the other. Each would sample the
# picture once, and each sampling blurs it a little. But two affine looks are one affine look: multiply the matrices.
# Only, in which order?
#
# **By hand.** Let `first` be a quarter turn and `then` a shift to the right by 0.5:
#
# $$\text{first: } \begin{pmatrix} 0 & -1 & 0 \\ 1 & 0 & 0 \end{pmatrix} \qquad
# \text{then: } \begin{pmatrix} 1 & 0 & 0.5 \\ 0 & 1 & 0 \end{pmatrix}$$
#
# Follow the output's middle pixel, (0, 0). Whom does it ask first? It belongs to the *last* picture, so it asks `then`:
# look at (0.5, 0). That is a place in the picture in the middle, and there `first` says: (0.5, 0) looks at
# $(0 \cdot 0.5 - 1 \cdot 0,\; 1 \cdot 0.5 + 0 \cdot 0) = (0, 0.5)$, below the middle of the input.
#
# So the point goes through `then` and after that through `first`: **first · (then · p)**. The look that comes last
# stands next to the point.
#
# **Predict.** In the other order, where does the middle pixel look?

# %%
# NBVAL_CHECK_OUTPUT
first, then = build_theta(rotation=90), build_theta(shift=(0.5, 0.0))
middle = torch.zeros(1, 2)
for name, both in (("first, then", compose(first, then)), ("the other order", compose(then, first))):
    x, y = [round(value, 3) + 0.0 for value in fe.geometry.transform_points(both, middle)[0, 0].tolist()]
    print(f"{name:16} the middle looks at ({x}, {y})")

# %% [markdown]
# Now on the face: upright first, then the mouth. The look at the mouth has half the size and lies 0.45 below the
# middle. That makes sense only in the upright picture.

# %%
mouth = build_theta(scale=0.5, shift=(0.0, 0.45))
looks = {
    "upright, then mouth": compose(upright, mouth),
    "the other order": compose(mouth, upright),
}
sheet, axes = fe.plots.figure(9.5, 3.5, 1, 4)
seen = bilinear_sample(picture, affine_grid(upright, picture.shape), padding_mode="border")
twice = bilinear_sample(seen, affine_grid(mouth, picture.shape), padding_mode="border")
fe.plots.picture(axes[0], picture, "input, and both looks")
for theta, colour, style in zip(looks.values(), (fe.plots.LOOK, fe.plots.ORANGE), ("-", "--"), strict=True):
    outline = fe.plots.corners(theta[0])
    outline = torch.cat([outline, outline[:1]])
    axes[0].plot(outline[:, 0], outline[:, 1], color=colour, linestyle=style, linewidth=2.5)
for ax, name, mark in zip(axes[1:3], looks, ("solid", "dashed"), strict=True):
    once = bilinear_sample(picture, affine_grid(looks[name], picture.shape), padding_mode="border")
    fe.plots.picture(ax, once, f"{name} ({mark})")
fe.plots.picture(axes[3], twice, "right order, sampled twice")
for ax in axes:  # one size for all four, with room for a look that leaves the picture
    ax.set(xlim=(-3, 51), ylim=(51, -3))
sheet

# %% [markdown]
# The solid look found the mouth. The dashed one has the right turn and the right size, but it was shifted along the
# *input's* axis and not along the face's. Sampled twice (right) the picture is the same, only a little softer. Chained
# transformers therefore multiply their θ and sample the *first* picture once (Lin and Lucey, 2017).
#
# ### Exercise 02.3: two looks in one
#
# Write `compose` yourself, for two θ of shape [2, 3]. A 2 x 3 matrix cannot be multiplied by a 2 x 3 matrix: what is
# missing? On paper first, for
#
# $$\text{first: } \begin{pmatrix} 0 & -1 & 0.2 \\ 1 & 0 & 0 \end{pmatrix} \qquad
# \text{then: } \begin{pmatrix} 0.5 & 0 & 0.5 \\ 0 & 0.5 & 0 \end{pmatrix}$$


# %%
def one_look(first, then):
    """first, then: float [2, 3]. Return the one θ [2, 3] that equals looking through first, and then through then."""
    ### BEGIN SOLUTION
    last = torch.tensor([[0.0, 0.0, 1.0]])
    return (torch.cat([first, last]) @ torch.cat([then, last]))[:2]
    ### END SOLUTION


# %%
# NBVAL_CHECK_OUTPUT
fe.exercises.check("02.3", one_look)

# %% [markdown]
# ## 7. Turned round
#
# The program that draws these faces draws each of them upright and then poses it: it turns, enlarges and shifts it. To
# make the posed picture, every pixel of *that* picture looks somewhere in the upright one. This θ is the truth that
# comes with the face. To un-warp the face we need the opposite: the upright picture is now the output, and its pixels
# look into the posed one. That is the **inverse** of θ, and it is why the first cell of this notebook says `invert`.
#
# From $q = A\,p + t$ follows $p = A^{-1}(q - t) = A^{-1} q - A^{-1} t$. So the inverse has the matrix $A^{-1}$ and the
# shift $-A^{-1} t$. Not $-t$: the shift was made in the input's directions and must be undone in the output's.
#
# ### Exercise 02.4: a look turned round
#
# Write the inverse. On paper first: a look of twice the size, shifted by 0.5 to the right.


# %%
def undo(theta):
    """theta: float [2, 3]. Return the θ [2, 3] with compose(theta, undo(theta)) = identity."""
    ### BEGIN SOLUTION
    square = torch.linalg.inv(theta[:, :2])
    return torch.cat([square, -square @ theta[:, 2:]], dim=1)
    ### END SOLUTION


# %%
# NBVAL_CHECK_OUTPUT
fe.exercises.check("02.4", undo)

# %% [markdown]
# **Check** the library's on all 200 faces: there and back is the identity.

# %%
# NBVAL_CHECK_OUTPUT
there_and_back = compose(faces.truth.theta, invert(faces.truth.theta))
print("there and back, up to rounding the identity:", torch.allclose(there_and_back, identity, atol=1e-6))

# %% [markdown]
# ## 8. Measured: what do the mistakes cost?
#
# None of these mistakes raises an error. The picture comes out, with the right shape. So let us measure how far the
# pixels look from where they should, on 200 faces with known poses: the mean distance over all pixels, in pixels of the
# input.
#
# - *Wrong order*: the mouth of an upright face, with the two looks composed the other way round.
# - *Wrong direction*: un-warping with the truth itself instead of its inverse.
# - *Mixed flags*: a grid made with `align_corners=True`, and read with False.
# - To compare with, *doing nothing*: the face stays as it is.
#
# **Predict** an order, from the most harmful to the least. And a number for the mixed flags: 48 pixels, half a pixel at
# each edge...


# %%
# NBVAL_CHECK_OUTPUT
def distance(looks, others, made=False, read=False):
    """Mean distance in pixels between where two sets of θ look, [N]; the second grid is made and read with flags."""
    size = (len(looks), 1, 48, 48)
    right = fe.geometry.to_pixels(affine_grid(looks, size, made), 48, made)
    wrong = fe.geometry.to_pixels(affine_grid(others, size, made), 48, read)
    return (right - wrong).norm(dim=-1).mean(dim=(1, 2))


unwarp = invert(faces.truth.theta)
mistakes = {
    "wrong direction": distance(unwarp, faces.truth.theta),
    "doing nothing": distance(unwarp, identity.expand(200, 2, 3)),
    "wrong order": distance(compose(unwarp, mouth), compose(mouth, unwarp)),
    "mixed flags": distance(unwarp, unwarp, made=True, read=False),
}
for name, pixels in mistakes.items():
    mean, half = fe.evaluation.student_t(pixels.tolist())
    print(f"{name:16} {mean:5.2f} ± {half:.2f} pixels")

# %%
sheet, ax = fe.plots.figure(7, 2.6)
for row, pixels in enumerate(mistakes.values()):
    mean, half = fe.evaluation.student_t(pixels.tolist())
    ax.plot(pixels, row + 0.5 * (torch.rand(200) - 0.5), ".", color=fe.plots.GREY, markersize=3, alpha=0.5)
    ax.errorbar(mean, row, xerr=half, fmt="D", color=fe.plots.BLUE, markersize=6, capsize=5)
ax.set(yticks=range(4), yticklabels=list(mistakes), xlabel="mean distance from the right place, in pixels of 48")
ax.invert_yaxis()
ax.set_xlim(0, None)
ax.set_title("one dot a face; diamond: the mean with its 95 % interval")
sheet

# %% [markdown]
# (After ±: half of a 95 % interval of the mean over 200 faces.)
#
# The wrong direction is about twice as bad as doing nothing: it adds the pose a second time. The mixed flags look
# harmless. Are they? Compute the distance by hand. A place $x$ is the pixel $((x + 1)\,n - 1)/2$ by one ruler and
# $(x + 1)(n - 1)/2$ by the other. Subtract:
#
# $$\frac{(x + 1)\,n - 1}{2} - \frac{(x + 1)(n - 1)}{2} = \frac{x}{2}$$
#
# Half of x, in pixels, *whatever n is*: nothing in the middle, half a pixel at the edges. On 48 pixels that is
# little. On a 3 x 3 feature map, where spatial transformers also work, half a pixel is a sixth of the picture. Here
# is a look that should do nothing at all:

# %%
# NBVAL_CHECK_OUTPUT
numbers = torch.arange(9.0).reshape(1, 1, 3, 3)
grid = affine_grid(identity, numbers.shape, align_corners=True)
print("both True:\n", bilinear_sample(numbers, grid, align_corners=True)[0, 0])
print("made with True, read with False:\n", bilinear_sample(numbers, grid, align_corners=False)[0, 0])

# %% [markdown]
# The pixel in the upper left corner looks half a pixel outside, in both directions. It gets a quarter of 0, and three
# quarters of the nothing around it. The 8 in the lower right has become 2.
#
# And does a network notice half a pixel at the edges? Let a look that should do nothing be read with the wrong flag,
# once or several times in a row, as in a network with several transformers. How many answers of a trained network
# change?

# %%
model = fe.models.pretrained("sdl-faces")
answers = fe.models.predict(model, faces.images).argmax(1)
same_place = identity.expand(200, 2, 3)
grid = affine_grid(same_place, faces.images.shape, align_corners=True)
for name, read in (("both flags alike", True), ("mixed", False)):
    seen = faces.images.float() / 255
    for times in range(1, 5):
        seen = bilinear_sample(seen, grid, align_corners=read, padding_mode="border")
        now = fe.models.predict(model, (255 * seen).round().byte()).argmax(1)
        changed = int((now != answers).sum())
        low, high = fe.evaluation.wilson(changed, 200)
        print(f"{name:17} x {times}: {changed:3} of 200 answers change (95 % interval {low:.1%} to {high:.1%})")

# %% [markdown]
# With both flags alike the look does nothing, as it should. One mixture changes a few answers, and every further one
# adds to it. `align_corners` is not a detail. It is a unit of measurement, and a program needs one.

# %% [markdown]
# ## 9. θ from three points
#
# Often nobody knows θ, but somebody has marked points: the eyes and the mouth. A θ that puts them where they belong
# is found by solving equations. Each pair, an output point $(x_t, y_t)$ and the input point $(x_s, y_s)$ that it
# should look at, gives two equations:
#
# $$a\,x_t + b\,y_t + t_x = x_s, \qquad c\,x_t + d\,y_t + t_y = y_s$$
#
# Three pairs give six equations for six numbers. With more pairs there are too many equations, and one takes the θ that
# misses least: the smallest sum of squared distances.
#
# Mind the direction again. θ maps output to input, so the *target* points, where eyes and mouth should stand, go in,
# and the *source* points, where they are in the picture, come out.
#
# The program knows which pixels of each face are eyes and mouth. Their middles are our points. Where should they stand?
# Where they stand in the program's average face, unturned and with no muscle pulled.


# %%
def centre(mask):
    """The middle of a mask [48, 48], as (x, y), normalised."""
    rows, columns = mask.nonzero().float().mean(dim=0)
    return torch.stack([fe.geometry.to_normalised(columns, 48), fe.geometry.to_normalised(rows, 48)])


def three_points(eyes, mouth):
    """The middles of the eye on the left, the eye on the right, and the mouth, [3, 2]; for turns below 45°."""
    left = torch.arange(48) < eyes.nonzero()[:, 1].float().mean()
    return torch.stack([centre(eyes & left), centre(eyes & ~left), centre(mouth)])


average = fe.faces.render(fe.faces.average(), torch.zeros(1, len(fe.faces.ACTION_UNITS)))
target = three_points(average.part("eyes")[0], average.part("mouth")[0])
eyes, mouths = faces.truth.part("eyes"), faces.truth.part("mouth")
sources = [three_points(*masks) for masks in zip(eyes, mouths, strict=True)]
fitted = torch.cat([fe.geometry.fit_theta(target, source) for source in sources])

sheet, axes = fe.plots.figure(9.5, 3.6, 1, 3)
output = bilinear_sample(picture, affine_grid(fitted[k : k + 1], picture.shape), padding_mode="border")
fe.plots.picture(axes[0], average.images[0], "where they should stand (target)")
fe.plots.picture(axes[1], picture, "where they are (source)")
fe.plots.quadrilateral(axes[1], fitted[k])
fe.plots.picture(axes[2], output, "what the fitted θ sees")
for ax, points in zip(axes, (target, sources[k], target), strict=True):
    for (x, y), mark in zip(fe.geometry.to_pixels(points, 48).tolist(), "<>^", strict=True):
        ax.plot(x, y, mark, color=fe.plots.ORANGE, markeredgecolor="white", markersize=9)
    ax.set(xlim=(-11, 59), ylim=(59, -11))
sheet

# %% [markdown]
# The three points are met exactly: three pairs always are. That does *not* mean that the pose is found exactly.
# **Predict:** what keeps the fitted θ from being the true one?

# %%
true = decompose_theta(unwarp)
found = decompose_theta(fitted)
rows = {
    "doing nothing, pixels": distance(unwarp, same_place),
    "three points, pixels": distance(unwarp, fitted),
    "three points, degrees of the turn": (found.rotation - true.rotation).abs(),
    "three points, scale x": (found.scale - true.scale).abs()[:, 0],
    "three points, scale y": (found.scale - true.scale).abs()[:, 1],
}
for name, values in rows.items():
    mean, half = fe.evaluation.student_t(values.tolist())
    print(f"{name:34} off by {mean:.3f} ± {half:.3f}")

# %% [markdown]
# From five pixels down to about one, with three points. The turn hardly suffers, since the line between the eyes
# gives it. The scale in y suffers most, and it hangs on the mouth alone. What is left may be noise in the points, or
# something worse. Sort it by expression: how much higher is the fitted look than the true one?

# %%
higher = found.scale[:, 1] / true.scale[:, 1]
for number, name in enumerate(faces.classes):
    mean, half = fe.evaluation.student_t(higher[faces.labels == number].tolist())
    print(f"{name:9} fitted height / true height  {mean:.3f} ± {half:.3f}")

# %% [markdown]
# Not noise. An open mouth has its middle further down. Fear and surprise open it, and the fit takes that for a longer
# face: its look is about an eighth too high, so the face it shows is squeezed back towards the average. A θ that
# fits the points perfectly has undone part of the *expression*. That is a warning for everyone who aligns faces
# before reading expressions from them.
#
# ### Exercise 02.5: θ from points
#
# Write the fit, for three points or more. On paper first: the targets (0, 0), (1, 0), (0, 1) look at (0.2, 0.1),
# (0.7, 0.3), (0, 0.6). Which of θ's numbers can you read off without solving anything?


# %%
def theta_from_points(target, source):
    """target, source: float [k, 2] of (x, y), k at least 3. Return the θ [2, 3] of the least squared miss."""
    ### BEGIN SOLUTION
    known = torch.cat([target, torch.ones(len(target), 1)], dim=1)
    return torch.linalg.lstsq(known, source).solution.T
    ### END SOLUTION


# %%
# NBVAL_CHECK_OUTPUT
fe.exercises.check("02.5", theta_from_points)

# %% [markdown]
# ## 10. The same θ elsewhere
#
# Other libraries count in pixels, and some map the other way. `pixel_matrix` translates: it takes an output pixel's
# (column, row, 1) to a place in input pixels. For a look of half the size, without and with a shift of 0.5 to the
# right:

# %%
# NBVAL_CHECK_OUTPUT
for shift in (0.0, 0.5):
    for flag in (False, True):
        matrix = fe.geometry.pixel_matrix(build_theta(scale=0.5, shift=(shift, 0.0)), (48, 48), (48, 48), flag)[0]
        rounded = [[round(value, 3) + 0.0 for value in row] for row in matrix.tolist()[:2]]
        print(f"shift {shift}, align_corners={flag!s:5} {rounded}")

# %% [markdown]
# Why 11.75, and not 12, a quarter of 48? Because the middle of the picture is not pixel 24. The first centre is 0 and
# the last 47, so the middle is 23.5, between two pixels, and half of the way from there back to 0 is 11.75. The shift
# shows the two rulers again: 0.5 is 12 pixels by one of them and 11.75 by the other. Half and quarter pixels of this
# kind are behind most questions of the form "my two libraries differ slightly".
#
# - OpenCV's `warpAffine` takes this 2 x 3 matrix with the flag `WARP_INVERSE_MAP`. Without the flag it wants the
#   inverse, source to destination, and inverts it inside, so it looks as well.
# - kornia's `warp_affine` wants the inverse too, in pixels.
#
# ## How far are you?

# %%
# NBVAL_CHECK_OUTPUT
fe.exercises.progress("02")

# %% [markdown]
# ## Take away
#
# - A grid holds, for each output pixel, the place (x, y) in the input where it looks. θ maps output to input; a scale
#   of 2 looks at more and shows it smaller.
# - (0, 0) is the middle, x is the column, and with `align_corners=False` -1 and 1 are the outer edges of the picture.
# - `first · then`: the look that comes last stands next to the point. The inverse has the shift $-A^{-1}t$.
# - No mistake of this kind raises an error. Check a grid against something that you know: three points by hand, the
#   identity, there and back.
#
# **An honest limitation.** Six numbers turn, stretch and shift a *flat* picture. A head that turns to the side is no
# flat picture: one cheek disappears, and no θ brings it back. The poses of our drawn faces are affine because the
# program makes them so, which is why their truth is exact. On photographs an affine θ is an approximation, best near
# the middle of the face, and there nobody knows the true one. The pixel costs above hold for
# the poses of this preset, up to 25° of turn; for larger poses, measure again.
#
# ## Two questions
#
# **1. A colleague wants the face larger and multiplies the matrix part of θ by 1.2. What happens, and what should she
# do?**
#
# <details><summary>Answer</summary>
# The look gets longer sides, so the face gets <i>smaller</i>. She should divide by 1.2. If θ has a shift, she need not
# touch it: the middle of the output still looks at the same place of the input, whatever its surroundings.
# </details>
#
# **2. You un-warp a face with θ₁, see that it still leans by 5°, and want to correct it by a second look θ₂, which
# turns by 5°, without sampling twice. Which product do you need: θ₁ · θ₂ or θ₂ · θ₁?**
#
# <details><summary>Answer</summary>
# θ₁ · θ₂, as 3 x 3 matrices. The second look is at what the first one shows, so an output pixel asks θ₂ first, and θ₂
# stands next to the point. The other order turns the look about the middle of the <i>input</i>: where θ₁ has a shift,
# the face would slide away as well as turn.
# </details>
#
# ## References
#
# - Jaderberg et al. (2015), *Spatial transformer networks*, section 3.2: arXiv 1506.02025
# - Khan, Singh and Agrawal (2023), the paper that this course rebuilds, Eqs. 1 and 2: DOI 10.33166/AETiC.2023.02.002
# - Lin and Lucey (2017), *Inverse compositional spatial transformer networks*, on composing θ: arXiv 1612.03897
# - The documentation of `torch.nn.functional.affine_grid` and `grid_sample`, on `align_corners`
#
# **Next:** 03, *What if it looks between pixels, and how can that be learned?*

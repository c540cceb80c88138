# %% [markdown]
# # 03 · Bilinear sampling
#
# <!-- badges -->
#
# **What if it looks between pixels, and how can that be learned?**
#
# Notebook 02 ended with a place for every output pixel. Most of these places lie *between* the pixels of the input.
# After this notebook you will
#
# - be able to work out on paper what stands between four pixels, and how it changes with the picture, with the place
#   and with θ;
# - have written a sampler and its derivatives, and compared them with torch's to the last digit;
# - have seen why rounding to the nearest pixel cannot be trained;
# - know where the gradient does *not* exist, and what a library returns there;
# - have measured what shrinking a picture loses, what blurring it first buys, and what the padding does to learning.
#
# **What you need.** Notebook 02, or its main sentence: θ says for each output pixel where in the input it looks.
# Derivatives and the chain rule.
#
# **How long.** About 60 minutes of your time. The computer needs less than half a minute on two CPU cores; a GPU is not
# used.

# %% [markdown]
# ## Set up

# %%
# <install>
import inspect
import math
import time

import torch
import torchvision
from torch.nn import functional as F

import fer_edu as fe
from fer_edu import plots_sampling
from fer_edu.faces import photograph

torch.manual_seed(0)
fe.plots.style()
faces = fe.data.load("faces", split="test", size=200, seed=0)

# %% [markdown]
# ## 1. Why is interpolation needed at all?
#
# A picture has numbers at its pixel centres and nowhere else. Take a picture of 8 by 8 pixels and a look that is turned
# by 20° and a little smaller than the picture.
#
# **Predict.** How many of the 64 places where it looks lie on a pixel's centre? Say, within a hundredth of a pixel.

# %%
# NBVAL_CHECK_OUTPUT
turned = fe.geometry.affine_grid(fe.geometry.build_theta(rotation=20, scale=0.8), (1, 1, 8, 8))[0]
x, y = fe.geometry.to_pixels(turned[..., 0], 8), fe.geometry.to_pixels(turned[..., 1], 8)
on_a_centre = ((x - x.round()).abs() < 0.01) & ((y - y.round()).abs() < 0.01)
print(f"{on_a_centre.sum().item()} of {on_a_centre.numel()} places lie on a pixel's centre")

# %%
tiny = F.avg_pool2d(faces.images[55:56].float() / 255, 6)[0, 0]
plots_sampling.places(tiny, x, y)

# %% [markdown]
# None. So something must be said about what stands between the pixels. There are two old answers: take the *nearest*
# pixel, or *mix* the four around. Let us mix first, and come back to the nearest pixel in section 3.
#
# ## 2. Four weights
#
# Lay a square as large as one pixel around the place. It covers a part of four pixels. **Each pixel counts by the area
# that is covered of it.** That is bilinear sampling.

# %%
plots_sampling.weights((3, 2, 7, 4), right_share=0.75, lower_share=0.4)

# %% [markdown]
# On the left the square and the four pixels. On the right the same four areas, drawn between the four *centres*. There
# each area lies opposite to its pixel, which puzzles many people: the pixel that is near gets the large area far from
# it. Both drawings hold the same four numbers.
#
# Write $p$ for the way from the left centre to the place, $q$ for the way from the upper centre, both from 0 to 1. Then
#
# $$V = \underbrace{(1-p)(1-q)}_{w_{ul}}\,U_{ul} + \underbrace{p\,(1-q)}_{w_{ur}}\,U_{ur} +
# \underbrace{(1-p)\,q}_{w_{ll}}\,U_{ll} + \underbrace{p\,q}_{w_{lr}}\,U_{lr}.$$
#
# The four weights add up to 1: they are parts of one square. So a grey picture stays grey, and no value comes out that
# is darker or lighter than its four neighbours.
#
# The paper (Eq. 3) writes the same as a sum over *all* pixels of the picture:
#
# $$V = \sum_n \sum_m U_{nm}\, \max(0, 1 - |x - m|)\, \max(0, 1 - |y - n|).$$
#
# ### By hand: one value
#
# The picture, and the θ of a look with 0.6 of the picture's sides, a little to the right:
#
# $$U = \begin{pmatrix} 1 & 3 & 2 \\ 5 & 7 & 4 \\ 2 & 6 & 9 \end{pmatrix} \qquad
# \theta = \begin{pmatrix} 0.6 & 0 & 0.1 \\ 0 & 0.6 & 0 \end{pmatrix}$$
#
# We follow the output pixel in row 0, column 2 of 3 by 3. Five lines:
#
# 1. Its own place: $x_t = (2 \cdot 2 + 1)/3 - 1 = 2/3$, and $y_t = (2 \cdot 0 + 1)/3 - 1 = -2/3$.
# 2. Where it looks: $x_s = 0.6 \cdot 2/3 + 0.1 = 0.5$, and $y_s = 0.6 \cdot (-2/3) = -0.4$.
# 3. In pixels: $x = ((0.5 + 1) \cdot 3 - 1)/2 = 1.75$, and $y = ((-0.4 + 1) \cdot 3 - 1)/2 = 0.4$.
# 4. So it looks between columns 1 and 2 and between rows 0 and 1, with $p = 0.75$ and $q = 0.4$. The weights are
#    $0.25 \cdot 0.6 = 0.15$, $0.75 \cdot 0.6 = 0.45$, $0.25 \cdot 0.4 = 0.1$ and $0.75 \cdot 0.4 = 0.3$.
# 5. The value: $0.15 \cdot 3 + 0.45 \cdot 2 + 0.1 \cdot 7 + 0.3 \cdot 4 = 3.25$. This is the figure above.
#
# ### Code

# %%
# NBVAL_CHECK_OUTPUT
U = torch.tensor([[1.0, 3, 2], [5, 7, 4], [2, 6, 9]])
theta = torch.tensor([[0.6, 0, 0.1], [0, 0.6, 0]])
x, y = 1.75, 0.4

column, row = math.floor(x), math.floor(y)
p, q = x - column, y - row
four = (1 - p) * (1 - q) * U[row, column] + p * (1 - q) * U[row, column + 1]
four = four + (1 - p) * q * U[row + 1, column] + p * q * U[row + 1, column + 1]

weight_x = torch.relu(1 - (x - torch.arange(3)).abs())  # Eq. 3 as written: one weight for every column,
weight_y = torch.relu(1 - (y - torch.arange(3)).abs())  # and one for every row
every = (U * weight_y[:, None] * weight_x[None, :]).sum()
print(f"four neighbours {four:.4f}, all nine pixels {every:.4f}")
print("the weights of all nine pixels:", [[round(w, 2) for w in r] for r in torch.outer(weight_y, weight_x).tolist()])

# %% [markdown]
# Five of the nine weights are 0. In a picture of 48 by 48 it would be 2,300 of 2,304. Section 6 asks what they cost.
#
# ### Explore: the sampling stepper
#
# The stepper follows one output pixel, with every number written out. It starts at the pixel that we followed by hand.
# Click another one, or use the arrow keys. (If you read this without a kernel, you see its first picture.)
#
# **Predict**, then try:
#
# 1. Move *shift x* slowly, so that the place crosses a pixel's centre. The value $V$ goes on without a jump. Does
#    $\partial V/\partial x$, too?
# 2. Set *shift x* to 0.5. Which output pixels now give a weight to a pixel that does not exist? What does each padding
#    make of it?

# %%
stepper = fe.widgets.SamplingStepper(fe.widgets.StepperState(U, theta, row=0, column=2))
stepper

# %%
print(f"The stepper drew {stepper.walk()} pictures.")

# %% [markdown]
# The slope does jump, because new neighbours come in: section 5 is about that. And at a shift of 0.5 the right column
# of the output looks at $x = 2.35$, so 35 % of the weight fall on a column 3 that is not there. With `zeros` it is
# black. With `border` the place is brought back to $x = 2$, the last centre; with `reflection`, too, this near to the
# edge. Section 8 is about that.
#
# ## 3. Would rounding do?
#
# It would be less work: `image[round(y), round(x)]`. Pictures drawn that way look a little jagged, that is all. So why
# does nobody train a spatial transformer with it?
#
# Here is a small learning problem. The program draws 64 faces a second time, as a camera sees them that has moved: 3
# pixels to the right and 2 up. The first picture, looked at through the right shift, should show what the second one
# shows. We look for that shift by gradient descent on the squared difference.
#
# **Predict.** Draw the loss of one face over the shift in x, once with mixing and once with rounding. What does each
# curve look like close up?

# %%
few = faces[torch.arange(64)]
pictures = few.images.float() / 255
moved = torch.tensor([3.0, -2.0]) * 2 / 48  # 48 pixels are a length of 2
there = fe.geometry.build_theta(shift=moved.expand(64, 2))
second = photograph(few.truth.scene.replace(theta=fe.geometry.compose(few.truth.theta, there)))[0].float() / 255


def loss_at(sample, shift, which, padding_mode="border"):
    """Return the mean squared difference, one number a look, for shifts [k, 2] and pictures [k]."""
    grid = fe.geometry.affine_grid(fe.geometry.build_theta(shift=shift), pictures[which].shape)
    seen = sample(pictures[which], grid, padding_mode=padding_mode)
    return (seen - second[which]).square().mean((1, 2, 3))


samplers = {"bilinear": fe.geometry.bilinear_sample, "nearest": fe.geometry.nearest_sample}
pixels = torch.linspace(-1, 7, 400)
shifts = torch.stack([pixels * 2 / 48, moved[1].expand(400)], dim=1)
one_face = torch.full((400,), 55)
curves = {name: loss_at(sample, shifts, one_face) for name, sample in samplers.items()}
sheet, (far, near) = fe.plots.figure(9, 3.4, 1, 2)
for ax, low, high in ((far, -1, 7), (near, 0.4, 1.6)):
    shown = (pixels >= low) & (pixels <= high)
    for (name, curve), colour, line in zip(curves.items(), (fe.plots.BLUE, fe.plots.ORANGE), "-:", strict=True):
        stairs = "steps-mid" if name == "nearest" else "default"  # draws the jumps upright
        ax.plot(pixels[shown], curve[shown], line, color=colour, label=name, drawstyle=stairs)
    ax.set(xlabel="shift in x, pixels", ylabel="loss")
far.axvline(3, color=fe.plots.GREY, linestyle="--", label="the true shift")
far.legend()
near.set_title("close up")
sheet

# %% [markdown]
# Far away the two curves tell the same story. Close up, rounding makes a **staircase**. A gradient asks for the slope
# close up, and on a stair that is 0. Gradient descent stands still, wherever it starts.
#
# The curve of mixing has a slope, and a *kink* at whole pixels: keep it in mind for section 5. For some faces the kink
# stands out as a ridge. Between the pixels mixing smooths fine detail away, and what is smooth differs less. A plain
# descent could rest in such a small valley, so we take Adam, whose momentum carries it over.

# %%
pictures.requires_grad_()  # so that there is something to differentiate in either case


def descend(sample, padding_mode="border", steps=50):
    """Return the distance from the true shift, in pixels, [steps + 1, faces], and the last gradient."""
    shift = torch.zeros(64, 2, requires_grad=True)
    optimiser = torch.optim.Adam([shift], lr=0.02)
    distances = []
    for _ in range(steps + 1):
        distances.append(((shift.detach() - moved) * 24).norm(dim=1))
        loss = loss_at(sample, shift, slice(None), padding_mode).sum()
        (shift.grad,) = torch.autograd.grad(loss, shift, allow_unused=True, materialize_grads=True)
        optimiser.step()
    return torch.stack(distances), shift.grad


descents = {name: descend(sample) for name, sample in samplers.items()}
sheet, ax = fe.plots.figure(6, 3.4)
for (name, (distances, _)), colour, line in zip(
    descents.items(), (fe.plots.BLUE, fe.plots.ORANGE), ("-", "--"), strict=True
):
    ax.plot(distances.median(dim=1).values, line, color=colour, label=name)
ax.set(xlabel="step of gradient descent", ylabel="pixels from the true shift", ylim=(0, None))
ax.set_title("median of 64 faces")
ax.legend()
sheet

# %%
# NBVAL_CHECK_OUTPUT
distances, gradient = descents["nearest"]
print(f"nearest: largest gradient {gradient.abs().max():g}, {(distances[-1] != distances[0]).sum()} of 64 shifts moved")

# %%
distances = descents["bilinear"][0][-1]
mean, half = fe.evaluation.student_t(distances.tolist())
print(f"bilinear: {mean:.2f} ± {half:.2f} pixels from the truth after 50 steps, from 3.61 at the start;")
print(f"{(distances < 0.5).sum()} of 64 faces are within half a pixel")

# %% [markdown]
# Not one shift moved with rounding: its gradient is 0, not small but 0. With mixing most faces arrive. (The number
# after ± is half of a 95 % interval over the faces.) The others are stuck in another valley of the loss: a gradient
# knows the slope where it stands, and nothing else.
#
# So mixing is needed for *learning*, not for beauty.
#
# ## 4. The derivatives, by hand
#
# Everything follows from
# $V = (1-p)(1-q)\,U_{ul} + p\,(1-q)\,U_{ur} + (1-p)\,q\,U_{ll} + p\,q\,U_{lr}$, with $p = x - \lfloor x \rfloor$ and
# $q = y - \lfloor y \rfloor$.
#
# **By the picture.** $V$ is a sum of weights times pixels, so the derivative by a pixel is its weight:
#
# $$\frac{\partial V}{\partial U_{ul}} = (1-p)(1-q), \quad \frac{\partial V}{\partial U_{ur}} = p\,(1-q), \quad
# \frac{\partial V}{\partial U_{ll}} = (1-p)\,q, \quad \frac{\partial V}{\partial U_{lr}} = p\,q.$$
#
# All other pixels have the derivative 0. Where several output pixels look at the same input pixel, it gets the sum.
#
# **By the place.** As long as $x$ stays between two centres, $\lfloor x \rfloor$ is constant and
# $\partial p / \partial x = 1$. So
#
# $$\frac{\partial V}{\partial x} = (1-q)\,(U_{ur} - U_{ul}) + q\,(U_{lr} - U_{ll}), \qquad
# \frac{\partial V}{\partial y} = (1-p)\,(U_{ll} - U_{ul}) + p\,(U_{lr} - U_{ur}).$$
#
# In words: the slopes along the two rows, mixed by how near each row is; the slopes down the two columns, mixed by how
# near each column is.
#
# **By the normalised place.** $x = ((x_s + 1)\,W - 1)/2$, so a step of 1 in $x_s$ is $W/2$ pixels
# ($(W-1)/2$ with `align_corners=True`):
#
# $$\frac{\partial V}{\partial x_s} = \frac W2\,\frac{\partial V}{\partial x}, \qquad
# \frac{\partial V}{\partial y_s} = \frac H2\,\frac{\partial V}{\partial y}.$$
#
# **By θ.** $x_s = \theta_{11} x_t + \theta_{12} y_t + \theta_{13}$, and $y_s$ likewise with the second row. So
#
# $$\frac{\partial V}{\partial \theta} =
# \begin{pmatrix} \partial V/\partial x_s \\ \partial V/\partial y_s \end{pmatrix}
# \begin{pmatrix} x_t & y_t & 1 \end{pmatrix}.$$
#
# θ is shared by all output pixels, so for a loss $L$ their contributions add up:
# $\partial L/\partial\theta = \sum \partial L/\partial (x_s, y_s) \cdot (x_t, y_t, 1)$. A pixel far from the middle has
# a long lever on the turn; on the shift all have the same.
#
# ### By hand: three gradients
#
# The pixel of section 2 again: $p = 0.75$, $q = 0.4$, neighbours 3, 2, 7, 4.
#
# - $\partial V/\partial U$: 0.15, 0.45, 0.1, 0.3 at the four neighbours.
# - $\partial V/\partial x = 0.6 \cdot (2 - 3) + 0.4 \cdot (4 - 7) = -1.8$ and
#   $\partial V/\partial y = 0.25 \cdot (7 - 3) + 0.75 \cdot (4 - 2) = 2.5$, both per pixel.
# - The picture is 3 pixels wide, so $\partial V/\partial x_s = 1.5 \cdot (-1.8) = -2.7$ and
#   $\partial V/\partial y_s = 3.75$.
# - With $(x_t, y_t, 1) = (2/3, -2/3, 1)$: $\partial V/\partial\theta =
#   \begin{pmatrix} -1.8 & 1.8 & -2.7 \\ 2.5 & -2.5 & 3.75 \end{pmatrix}$.
#
# Does the library say so, and does automatic differentiation?

# %%
# NBVAL_CHECK_OUTPUT
print(fe.geometry.step(U, theta, row=0, column=2).describe())

image = U[None, None].clone().requires_grad_()
free = theta[None].clone().requires_grad_()
value = fe.geometry.bilinear_sample(image, fe.geometry.affine_grid(free, (1, 1, 3, 3)))[0, 0, 0, 2]
by_image, by_theta = torch.autograd.grad(value, (image, free))
print("autograd, ∂V/∂U ", [[round(v, 3) for v in r] for r in by_image[0, 0].tolist()])
print("autograd, ∂V/∂θ ", [[round(v, 3) for v in r] for r in by_theta[0].tolist()])

# %% [markdown]
# ### Exercise 03.1: one value and its slopes (paper and pencil)
#
# The picture
#
# $$U = \begin{pmatrix} 10 & 30 & 50 \\ 20 & 40 & 70 \\ 0 & 80 & 60 \end{pmatrix}$$
#
# is looked at in $x = 0.25$, $y = 1.2$ (pixels: $x$ is the column, $y$ the row, both counted from 0). Work out on paper
# $V$, $\partial V/\partial x$, $\partial V/\partial y$, and then $\partial V/\partial x_s$ with `align_corners=False`.
# Type the four numbers in, in this order, as a list: `[V, by_x, by_y, by_x_s]`.

# %%
### BEGIN SOLUTION
on_paper = [24, 32, -5, 48]
### END SOLUTION

# %%
# NBVAL_CHECK_OUTPUT
fe.exercises.check("03.1", on_paper)

# %% [markdown]
# ### Exercise 03.2: look between the pixels
#
# Write it for one place: from normalised coordinates to pixels (`align_corners=False`), four neighbours, four weights,
# the sum. What lies outside the picture counts as 0.
#
# On paper first: what must `look_at(U, 0.5, -0.4)` be for the $U$ of section 2?


# %%
def look_at(image, x_s, y_s):
    """image: float [H, W]. x_s, y_s: two numbers, normalised. Return one number."""
    ### BEGIN SOLUTION
    height, width = image.shape
    x = ((x_s + 1) * width - 1) / 2
    y = ((y_s + 1) * height - 1) / 2
    left, top = math.floor(x), math.floor(y)
    right_share, lower_share = x - left, y - top
    value = 0.0
    for row, share_y in ((top, 1 - lower_share), (top + 1, lower_share)):
        for column, share_x in ((left, 1 - right_share), (left + 1, right_share)):
            if 0 <= row < height and 0 <= column < width:
                value += share_x * share_y * image[row, column].item()
    return value
    ### END SOLUTION


# %%
# NBVAL_CHECK_OUTPUT
fe.exercises.check("03.2", look_at)

# %% [markdown]
# ### Exercise 03.3: how the value changes with $x_s$
#
# Write $\partial V/\partial x_s$ for one place. All places of the check have their four neighbours inside the picture
# and lie off the pixel centres. On paper: what must it be for `(U, 0.5, -0.4)`?


# %%
def slope_by_x(image, x_s, y_s):
    """image: float [H, W]. x_s, y_s: two numbers, normalised. Return ∂V/∂x_s, one number."""
    ### BEGIN SOLUTION
    height, width = image.shape
    x = ((x_s + 1) * width - 1) / 2
    y = ((y_s + 1) * height - 1) / 2
    left, top = math.floor(x), math.floor(y)
    lower_share = y - top
    along_upper_row = image[top, left + 1].item() - image[top, left].item()
    along_lower_row = image[top + 1, left + 1].item() - image[top + 1, left].item()
    return ((1 - lower_share) * along_upper_row + lower_share * along_lower_row) * width / 2
    ### END SOLUTION


# %%
# NBVAL_CHECK_OUTPUT
fe.exercises.check("03.3", slope_by_x)

# %% [markdown]
# ### Exercise 03.4: from the grid back to θ
#
# The sampler's gradient has arrived at the grid: `pull[row, column]` holds $\partial L/\partial x_s$ and
# $\partial L/\partial y_s$ of that output pixel. Carry it on to θ. `align_corners=False`.
#
# On paper first: only the pixel in row 0, column 2 of 3 by 3 pulls, with $(-2.7, 3.75)$. You have seen the answer.


# %%
def gradient_of_theta(pull):
    """pull: float [H, W, 2], ∂L/∂(x_s, y_s) of every output pixel. Return ∂L/∂θ, float [2, 3]."""
    ### BEGIN SOLUTION
    height, width = pull.shape[:2]
    x_t = (torch.arange(width) * 2 + 1) / width - 1
    y_t = (torch.arange(height) * 2 + 1) / height - 1
    rows = [
        torch.stack([(by * x_t[None, :]).sum(), (by * y_t[:, None]).sum(), by.sum()])
        for by in (pull[..., 0], pull[..., 1])
    ]
    return torch.stack(rows)
    ### END SOLUTION


# %%
# NBVAL_CHECK_OUTPUT
fe.exercises.check("03.4", gradient_of_theta)

# %% [markdown]
# ### The same as a `torch.autograd.Function`
#
# `bilinear_sample` is written in torch operations, so autograd finds its derivatives alone. The library has a second
# version, `bilinear_sample_by_hand`, whose backward pass is the four formulas above. This is it. Find each formula in
# it: `share_x * share_y` is $\partial V/\partial U$, `felt` carries the neighbours' values, `steps` is $W/2$ and $H/2$.

# %%
print(inspect.getsource(fe.geometry.BilinearSample.backward))

# %%
# NBVAL_CHECK_OUTPUT
draw = torch.Generator().manual_seed(0)
some_theta = (fe.geometry.identity_theta(4) + 0.1 * torch.randn(4, 2, 3, generator=draw)).double()
some_faces = faces.images[:4].double() / 255


def gradients(sample):
    """Return ∂L/∂image and ∂L/∂θ for a loss that weighs every output pixel differently."""
    image, free = some_faces.clone().requires_grad_(), some_theta.clone().requires_grad_()
    seen = sample(image, fe.geometry.affine_grid(free, image.shape))
    (seen * torch.linspace(0, 1, seen.numel()).view_as(seen)).sum().backward()
    return image.grad, free.grad


by_hand, by_autograd = gradients(fe.geometry.bilinear_sample_by_hand), gradients(fe.geometry.bilinear_sample)
for name, one, other in zip(("∂L/∂U", "∂L/∂θ"), by_hand, by_autograd, strict=True):
    same = torch.allclose(one, other, rtol=1e-12, atol=1e-12)
    print(f"{name} by hand and by autograd agree to 12 digits: {same}")

# %% [markdown]
# ## 5. Does the gradient exist everywhere?
#
# "Sampling is differentiable" is written in many places. Take one row of three pixels, 0, 1 and 3. Between the pixels
# the value runs along straight lines, and at the middle pixel two of them meet.
#
# **Predict.** What is the slope exactly at $x = 1$?

# %%
plots_sampling.kink((0, 1, 3), at=1)

# %% [markdown]
# There is none. To the left it is 1, to the right it is 2. Every number from 1 to 2 is a **sub-gradient**: a line of
# that slope touches the curve there. (Strictly, the word belongs to curves that bend upwards, as this one does; at a
# bend downwards one says *generalised gradient*. What a library must do is the same: choose.) Ask in six ways:

# %%
# NBVAL_CHECK_OUTPUT
three = torch.tensor([[[[0.0, 1, 3]]]], dtype=torch.float64)


def value_at(x, sample=fe.geometry.bilinear_sample):
    """Return V at pixel x; with align_corners=True a pixel is a length of 1 here."""
    grid = torch.stack([x - 1, torch.zeros_like(x)]).view(1, 1, 1, 2)
    return sample(three, grid, align_corners=True).squeeze()


def as_written(image, grid, align_corners):
    """Eq. 3 as the paper writes it, a sum over all pixels."""
    height, width = image.shape[2:]
    x, y = (fe.geometry.to_pixels(grid[..., k], n, align_corners) for k, n in ((0, width), (1, height)))
    weight_x = torch.relu(1 - (x[..., None] - torch.arange(width)).abs())
    weight_y = torch.relu(1 - (y[..., None] - torch.arange(height)).abs())
    weight = weight_y[..., :, None] * weight_x[..., None, :]
    return (image[:, :, None, None] * weight[:, None]).sum((-2, -1))


print("   x   left  right  central  autograd  torch  Eq. 3 as written")
h = 1e-3
for place in (0.5, 1.0, 1.5, 2.0):
    x = torch.tensor(place, dtype=torch.float64, requires_grad=True)
    slopes = [value_at(x) - value_at(x - h), value_at(x + h) - value_at(x), (value_at(x + h) - value_at(x - h)) / 2]
    slopes = [slope.item() / h for slope in slopes]
    for sample in (fe.geometry.bilinear_sample, F.grid_sample, as_written):
        slopes += [torch.autograd.grad(value_at(x, sample), x)[0].item()]
    print(f"{place:4} " + " ".join(f"{slope:{w}.2f}" for slope, w in zip(slopes, (6, 6, 8, 9, 6, 8), strict=True)))

# %% [markdown]
# Between the pixels all agree. At $x = 1$ a central difference says 1.5, our sampler and torch say 2, because
# $\lfloor 1 \rfloor = 1$ makes pixels 1 and 2 the neighbours. At $x = 2$, the last pixel, the neighbour at the right is
# outside and counts as 0: the slope there is -3.
#
# And Eq. 3 as written, differentiated by autograd, says 0: at $x = m$ autograd takes $|x - m|$ to be flat, and where
# $\max(0, \cdot)$ begins, too. The *same function* has another "gradient", which is not even one of the slopes from 1
# to 2. Autograd differentiates the program, not the function.
#
# Is that a corner case that never happens? Look where the *identity* θ looks: with input and output of one size, every
# place is a pixel's centre. And the identity is where a spatial transformer starts. (In float32, rounding may put a
# place a hair to the left or to the right of its centre, and so decide which side is taken.)

# %%
draw = torch.Generator().manual_seed(1)
noise = torch.rand(1, 1, 8, 8, generator=draw, dtype=torch.float64)
inner = torch.arange(1, 7, dtype=torch.float64)
grid_x, grid_y = torch.meshgrid(inner, inner, indexing="xy")
for name, offset in (("on the centres", 0.0), ("off the centres", 0.3)):
    at = torch.stack([fe.geometry.to_normalised(g + offset, 8) for g in (grid_x, grid_y)], -1)[None].requires_grad_()
    fe.geometry.bilinear_sample_by_hand(noise, at).sum().backward()
    step = torch.tensor([1e-5, 0.0], dtype=torch.float64)
    with torch.no_grad():
        ahead, behind = (fe.geometry.bilinear_sample(noise, at + sign * step) for sign in (1, -1))
    central = ((ahead - behind) / 2e-5)[0, 0]
    off = (at.grad[0, ..., 0] - central).abs()
    print(f"{name:16} slope by x_s against its central difference: largest deviation {off.max():.1e}")

# %% [markdown]
# Off the centres the derivative by hand is the finite difference. On the centres of this noise picture the two differ
# by as much as the slopes themselves. Does that hurt training? Hardly: a step later the place has left the centre, and
# over many pixels the sides mix. But a test of gradients by finite differences *must* stay off the centres, and whoever
# does not know this hunts a bug that is none.
#
# ### Exercise 03.5: the kink (paper and pencil)
#
# Three pixels in a row: 2, 3, 7. At $x = 1$, and per pixel: **what is the slope to the left, the slope to the right,
# the central difference with $h = 0.5$, and what does a library say that takes `floor`?** Type in a list of four
# numbers.

# %%
### BEGIN SOLUTION
kink = [1, 4, 2.5, 4]
### END SOLUTION

# %%
# NBVAL_CHECK_OUTPUT
fe.exercises.check("03.5", kink)

# %% [markdown]
# ## 6. Is our sampler torch's, and what does it cost?
#
# Two modes, three paddings, two meanings of `align_corners`: twelve combinations. For each, the largest deviation from
# `torch.nn.functional.grid_sample`, in double precision, of the value, of $\partial L/\partial U$ and of
# $\partial L/\partial\text{grid}$. The grid leaves the picture on all sides.

# %%
draw = torch.Generator().manual_seed(2)
probe = torch.rand(2, 3, 6, 9, generator=draw, dtype=torch.float64)
wide_grid = torch.rand(2, 5, 4, 2, generator=draw, dtype=torch.float64) * 6 - 3


def all_three(sample):
    """Return the value and both gradients."""
    image, grid = probe.clone().requires_grad_(), wide_grid.clone().requires_grad_()
    value = sample(image, grid)
    pulled = (value * torch.linspace(0, 1, value.numel()).view_as(value)).sum()
    return value, *torch.autograd.grad(pulled, (image, grid), allow_unused=True, materialize_grads=True)


deviations = []
print("mode      padding     align_corners    value      ∂L/∂U      ∂L/∂grid")
for mode, sample in samplers.items():
    for padding in fe.geometry.PADDINGS:
        for flag in (False, True):
            ours = all_three(lambda i, g, s=sample, f=flag, p=padding: s(i, g, f, p))
            theirs = all_three(lambda i, g, m=mode, f=flag, p=padding: F.grid_sample(i, g, m, p, f))
            off = [(a - b).abs().max().item() for a, b in zip(ours, theirs, strict=True)]
            deviations += off
            print(f"{mode:9} {padding:11} {flag!s:13} " + " ".join(f"{each:10.1e}" for each in off))

# %%
# NBVAL_CHECK_OUTPUT
print(f"{len(deviations)} comparisons, all below 1e-12: {max(deviations) < 1e-12}")

# %% [markdown]
# The last digits differ where the two add in another order. That is all.
#
# **Predict.** Eq. 3 as written has 2,304 weights for every output pixel of a 48 by 48 picture, and four neighbours have
# 4: a factor of 576. By which factor is it slower?

# %%
face, look = faces.images[:1].float() / 255, fe.geometry.build_theta(rotation=20, scale=0.8)
ways = {
    "Eq. 3 as written": lambda i, g: as_written(i, g, False),
    "four neighbours": fe.geometry.bilinear_sample,
    "four, backward by hand": fe.geometry.bilinear_sample_by_hand,
    "torch's grid_sample": lambda i, g: F.grid_sample(i, g, align_corners=False),
}
print("one face of 48 by 48    forward   forward and back   largest deviation from torch")
fused = F.grid_sample(face, fe.geometry.affine_grid(look, face.shape), align_corners=False)
for name, way in ways.items():
    ahead, both = [], []
    for _ in range(9):
        free = look.clone().requires_grad_()
        grid = fe.geometry.affine_grid(free, face.shape)
        start = time.perf_counter()
        value = way(face, grid)
        ahead.append(time.perf_counter() - start)
        value.sum().backward()
        both.append(time.perf_counter() - start)
    times = [sorted(each)[4] * 1000 for each in (ahead, both)]
    print(f"{name:22} {times[0]:7.2f} ms {times[1]:13.2f} ms {(value - fused).abs().max():18.0e}")

# %% [markdown]
# The sum over all pixels gives the same value and costs tens of times more: less than the count says, since a computer
# adds long rows quickly, but for nothing. torch's own sampler is faster again, because it does in one loop what we
# write as many operations one after the other. In training the library uses torch's. The written-out one is for
# reading.
#
# ## 7. Does sampling keep the information?
#
# Enlarging a picture shows nothing new, and looks harmless. Shrinking looks harmless, too: fewer pixels, the same face.
#
# **Predict.** A face of 48 by 48 is looked at with 12 by 12 output pixels. How many of the 2,304 input pixels have any
# influence on the result? The gradient knows: a pixel without influence has $\partial L/\partial U = 0$.


# %%
# NBVAL_CHECK_OUTPUT
def look_with(pictures, side):
    """Look at pictures [n, 1, 48, 48] with side by side output pixels, unturned."""
    grid = fe.geometry.affine_grid(fe.geometry.identity_theta(len(pictures)), (len(pictures), 1, side, side))
    return fe.geometry.bilinear_sample(pictures, grid, padding_mode="border")


for side in (24, 16, 12, 8):
    free = (faces.images[:1].float() / 255).requires_grad_()
    look_with(free, side).sum().backward()
    print(f"to {side:2} by {side:2}: {(free.grad > 1e-3).sum():4} of 2304 pixels are read")

# %% [markdown]
# At half the size, every output pixel happens to sit in the middle of four input pixels, and all are read. At a third,
# each sits on a pixel's centre, and 8 of 9 pixels are never looked at. Bilinear sampling reads *four* pixels however
# far apart the places are. What lies between is not averaged. It is skipped.
#
# What is skipped does not vanish in silence. Below are stripes, five pixels a period, and a face, shrunk four times:
# once as they are, and twice blurred first, so that each pixel already holds a mean of its surroundings.

# %%
light = faces.images.float() / 255


def blurred(pictures, sigma):
    """Blur with a Gaussian of this standard deviation, in pixels."""
    return torchvision.transforms.functional.gaussian_blur(pictures, 2 * math.ceil(3 * sigma) + 1, sigma)


stripes = (0.5 + 0.5 * torch.sin(torch.arange(48.0) * 2 * math.pi / 5)).expand(1, 1, 48, 48)
sheet, axes = fe.plots.figure(9.5, 5.1, 2, 4)
for row, picture in enumerate((stripes, light[55:56])):
    shown = {"48 by 48": picture, "shrunk to 12 by 12": look_with(picture, 12)}
    for sigma in (1.0, 2.0):
        shown[f"blurred by {sigma:g}, shrunk"] = look_with(blurred(picture, sigma), 12)
    for ax, (title, each) in zip(axes[row], shown.items(), strict=True):
        fe.plots.picture(ax, each, title if row == 0 else "")
sheet

# %% [markdown]
# The second picture shows *false* stripes: broad ones that were never there. This is called **aliasing**. A blur of 1
# pixel takes away more than half of them, a blur of 2 pixels nearly all. It also takes away what was there: the eyes.
#
# Now measure. What should the small picture be? Take what a camera with large pixels would have recorded: the mean over
# each block, of 4 by 4 pixels where the factor is 4. That is itself a mean, so some blur must do well. The second
# question does not favour it: enlarged again, how far is the picture from the original? The blur's deviation is a
# quarter, or half, of the factor.

# %%
blurs = {"as it is": 0.0, "a quarter": 0.25, "half": 0.5}
names = "   ".join(f"{name:10}" for name in blurs)
print("distance in grey levels of 255, mean over 200 faces ± half of a 95 % interval")
print(f"{'':8}{'to a camera with large pixels':39}enlarged again, to the original")
print(f"factor  {names}   {names}   gain")
for factor in (2, 3, 4, 6):
    side, coarse = 48 // factor, F.avg_pool2d(light, factor)
    small = [look_with(blurred(light, share * factor) if share else light, side) for share in blurs.values()]
    near = [(each - coarse).square().mean((1, 2, 3)).sqrt() * 255 for each in small]
    back = [(look_with(each, 48) - light).square().mean((1, 2, 3)).sqrt() * 255 for each in small]
    cells = [fe.evaluation.student_t(each.tolist()) for each in (*near, *back, back[0] - back[1])]
    print(f"{factor:6}  " + "   ".join(f"{mean:4.1f} ± {half:.1f}".ljust(10) for mean, half in cells))

# %% [markdown]
# Blurred by a quarter of the factor, the small picture is much nearer to what it should be at the factors 3, 4 and 6.
# At 2 the blur does harm, since there the four neighbours already *are* the block. More blur is not better.
#
# Then the right-hand half. The column *gain* is how much nearer the enlarged picture comes to the original by the
# weaker blur, face by face: a grey level at best, nothing at 4, a loss at 2. **Blurring does not bring back what
# shrinking loses. It makes what is left true.**
#
# For a transformer this matters when θ's scale is well above 1, or when its output is much smaller than its input.
#
# ## 8. Does the padding matter?
#
# "Padding only concerns a few pixels at the border." Section 3 took `border`: outside, the edge is repeated. The
# default of torch, and of this library, is `zeros`: outside, everything is black.
#
# **Predict.** The same descent, 64 faces, 50 steps. The true shift lets the look leave the picture by 3 pixels at most.
# How far from the truth does each padding end?

# %%
ends = {padding: descend(fe.geometry.bilinear_sample, padding)[0][-1] for padding in fe.geometry.PADDINGS}
for padding, end in ends.items():
    mean, half = fe.evaluation.student_t(end.tolist())
    near = (end < 0.5).sum()
    print(f"{padding:11} {mean:5.2f} ± {half:.2f} pixels from the truth; {near:2} of 64 faces are within half a pixel")

# %% [markdown]
# With zeros, few arrive. Why? Draw the loss that the descent walks on, and what the look sees at the true shift.

# %%
sheet, axes = fe.plots.figure(10, 3.2, 1, 4, width_ratios=(2.2, 1, 1, 1))
colours = dict(zip(fe.geometry.PADDINGS, (fe.plots.ORANGE, fe.plots.BLUE, fe.plots.GREEN), strict=True))
with torch.no_grad():
    for (padding, colour), line in zip(colours.items(), ("--", "-", ":"), strict=True):
        loss = loss_at(fe.geometry.bilinear_sample, shifts, one_face, padding)
        axes[0].plot(pixels, loss, line, color=colour, label=padding)
    grid = fe.geometry.affine_grid(there[:1], (1, 1, 48, 48))
    for ax, padding in zip(axes[1:], fe.geometry.PADDINGS, strict=True):
        fe.plots.picture(ax, fe.geometry.bilinear_sample(pictures[55:56], grid, padding_mode=padding), padding)
axes[0].axvline(3, color=fe.plots.GREY, linewidth=1)
axes[0].set(xlabel="shift in x, pixels", ylabel="loss", ylim=(0, None))
axes[0].legend()
sheet

# %% [markdown]
# A black strip against a light background is the strongest edge in the whole picture. Every pixel of shift costs a new
# black column, and that outweighs what the face gains: the valley at the truth is gone, and the descent stays at home.
# The strip is 10 % of the pixels. It decides. (On this even background the curves of border and reflection lie on top
# of each other.)
#
# It depends on the background: on white digits before black, as in most tutorials, zeros are the *right* continuation,
# and nobody notices. On faces they are not.
#
# ## How far are you?

# %%
# NBVAL_CHECK_OUTPUT
fe.exercises.progress("03")

# %% [markdown]
# ## Take away
#
# - Between pixels, each of four neighbours counts by an area. The four areas add up to 1.
# - $\partial V/\partial U$ is the weights, $\partial V/\partial x$ the slopes between neighbours, and
#   $\partial V/\partial\theta$ that times $(x_t, y_t, 1)$. Rounding has the slope 0 and cannot be learned.
# - On a pixel's centre there is no derivative, and the library chooses one side. The identity puts every place there.
# - Sampling reads four pixels and skips the rest: blur before you shrink. And choose the padding on purpose.
#
# **An honest limitation.** The shift was looked for on two drawings of the same face, with nothing changed but the
# camera, and its true size was known. A network has no second picture to compare with: its loss comes from a
# classifier, and notebook 04 asks what is left of these clean slopes then. The numbers of sections 3, 7 and 8 hold for
# these drawn faces, one shift and one optimiser. A sharper picture aliases more, and on a dark background zeros do
# less harm.
#
# ## Two questions
#
# **1. You check a sampler's gradient by finite differences at the identity θ, input and output of one size. The numbers
# disagree. Is the sampler wrong?**
#
# <details><summary>Answer</summary>
# You cannot tell from this. At the identity every place lies on a pixel's centre, where the slopes to the left and to
# the right differ: the central difference gives their mean, and the sampler one of them. Move θ a little, so that the
# places lie between the centres, and check again.
# </details>
#
# **2. A colleague enlarges a shrunken face by bilinear sampling "to get the details back". Another one says: blur
# before you shrink, then the details stay. What do you say to each?**
#
# <details><summary>Answer</summary>
# To the first: every new pixel is a mixture of four old ones, so nothing comes back that was not there. To the second:
# blurring loses detail as well, on purpose. What it buys is that no *false* pattern appears, and that each small pixel
# stands for its whole area and not for the one or four pixels that happened to be read.
# </details>
#
# ## References
#
# - Khan, Singh and Agrawal (2023), the paper that this course rebuilds, Eq. 3: DOI 10.33166/AETiC.2023.02.002
# - Jaderberg et al. (2015), *Spatial transformer networks*, section 3.3 and its sub-gradients: arXiv 1506.02025
# - Jiang et al. (2019), *Linearized multi-sampling for differentiable image transformation*, on what bilinear sampling
#   does to gradients when it shrinks: arXiv 1901.07124
# - Zhang (2019), *Making convolutional networks shift-invariant again*, on blurring before shrinking: arXiv 1904.11486
# - The documentation of `torch.nn.functional.grid_sample`, on `align_corners` and the paddings
#
# **Next:** 04, *Can a network learn where to look without being told?*

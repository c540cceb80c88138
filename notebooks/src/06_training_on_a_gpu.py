# %% [markdown]
# # 06 · Training on a GPU
#
# <!-- badges -->
#
# **Does it train as they say, and how fast can it go?**
#
# After this notebook you will
#
# - be able to write down what the paper minimises, and compute it for three weights on paper;
# - know why an L2 term in the loss and AdamW's weight decay are two things, and have done one step of each by hand;
# - have measured up to which learning rate the paper's network learns, and where the paper's 0.03 lies;
# - have looked into a network that does not learn, and found where its gradients end;
# - have trained the SDL network while you watched, scored it once on the test set, and said how sure you are;
# - have measured how many pictures a second your machine trains, what each optimisation adds, and what share of the
#   machine's arithmetic that uses.
#
# **What you need.** Notebook 00; gradients; what an optimiser does. Nothing to download. If you have FER-2013 on disk
# and the environment variable `FER2013_ROOT` names its folder, this notebook trains on it instead of on drawn faces.
#
# **How long.** About 75 minutes of your time. The computer needs about two minutes on two CPU cores, with a narrow
# network and drawn faces. Where there is a GPU, section 4 trains the full recipe instead; how long that takes depends
# on the GPU, and section 5 measures yours.

# %% [markdown]
# ## Set up

# %%
# <install>
import os
import tempfile
import time

import torch
from IPython.display import display

import fer_edu as fe
from fer_edu import plots_training

torch.manual_seed(0)
fe.plots.style()
device = fe.training.choose_device()
print("Training on:", "the CPU" if device.type == "cpu" else f"a GPU ({device.type})")

# %% [markdown]
# ## 1. What is minimised?
#
# Equations 4 and 5 of the paper, in its own order:
#
# $$E = \underbrace{-\sum_i \log p_i(y_i)}_{\text{cross-entropy}} +
# \tfrac12 \left(\lambda_1 \sum W_1^2 + \lambda_2 \sum W_2^2\right)$$
#
# $W_1$ and $W_2$ are the weights of the two last, fully connected layers. The paper starts from $\lambda_1 = 0.001$ and
# $\lambda_2 = 0.01$. The second part is called an **L2 term**. It costs something to have large weights.
#
# Equation 6 then calls $\lambda_1 \sum W_1 + \lambda_2 \sum W_2$ the "weight decay". Where does that come from? Take
# the gradient of the L2 term by one weight $w$ of $W_1$: it is $\lambda_1 w$. So Eq. 6 lists the *gradients* of the L2
# term.
#
# ### Exercise 06.1: Eq. 5 for three weights (paper and pencil)
#
# Let $W_1$ hold the two weights 1 and -2, and $W_2$ the one weight 3. With the paper's two $\lambda$, **how large is
# $\tfrac12 (\lambda_1 \sum W_1^2 + \lambda_2 \sum W_2^2)$?** No code: work it out on paper and type in the number.

# %%
### BEGIN SOLUTION
penalty = 0.0475
### END SOLUTION

# %%
# NBVAL_CHECK_OUTPUT
fe.exercises.check("06.1", penalty)

# %% [markdown]
# And the gradient? Let automatic differentiation say it, and compare with $\lambda_1 W_1$ and $\lambda_2 W_2$.

# %%
# NBVAL_CHECK_OUTPUT
W1 = torch.tensor([1.0, -2.0], requires_grad=True)
W2 = torch.tensor([3.0], requires_grad=True)
(0.5 * (0.001 * W1.square().sum() + 0.01 * W2.square().sum())).backward()
for name, W, strength in (("W1", W1, 0.001), ("W2", W2, 0.01)):
    found, wanted = ([round(value, 6) for value in each.tolist()] for each in (W.grad, strength * W))
    print(f"gradient by {name}: {found}, {strength:g} * {name}: {wanted}")

# %% [markdown]
# Three weights are not a network. So ask the network itself: an SDL network, its two final layers, the L2 term as the
# course computes it, and automatic differentiation again. This time compare bit by bit.

# %%
# NBVAL_CHECK_OUTPUT
net = fe.models.create("sdl-small", seed=0)
fe.training.Objective(lambda1=0.001, lambda2=0.01).penalty(net).backward()
for name, layer, strength in zip(("W1", "W2"), net.final_layers, (0.001, 0.01), strict=True):
    exact = torch.equal(layer.weight.grad, strength * layer.weight)
    print(f"{name}, {list(layer.weight.shape)}: its gradient is {strength:g} * {name}, bit by bit: {exact}")
reached = sum(p.grad is not None for p in net.parameters())
print(f"{reached} of {len(list(net.parameters()))} tensors of the network have a gradient from the L2 term")

# %% [markdown]
# ## 2. L2 in the loss, and AdamW's decay: one thing or two?
#
# For plain gradient descent they are one. A step is $w \leftarrow w - \eta\,(g + \lambda w)$, and it does not matter
# whether you say "the gradient has a part $\lambda w$" or "each step shrinks the weight by $\eta\lambda w$".
#
# **Predict.** The paper trains with AdamW, which divides every gradient by its own recent size. Is it still one thing?
#
# ### By hand: one step on two weights
#
# $w = (2, -1)$, gradient $g = (0.5, -0.01)$, learning rate $\eta = 0.1$. Adam keeps $m$, an average of gradients, and
# $v$, an average of their squares. In the first step, after the correction for starting at 0, $m = g$ and $v = g^2$. So
#
# $$\frac{m}{\sqrt v} = \frac{g}{|g|} = (1, -1).$$
#
# The second gradient is fifty times smaller, and its step is just as long. Now shrink the weights, with strength 0.1,
# in both ways:
#
# | | gradient that Adam sees | Adam's step | decay beside it | new $w$ |
# |---|---|---|---|---|
# | nothing | (0.5, -0.01) | 0.1 · (1, -1) | | (1.9, -0.9) |
# | L2 in the loss | (0.5 + 0.2, -0.01 - 0.1) = (0.7, -0.11) | 0.1 · (1, -1) | | **(1.9, -0.9)** |
# | decoupled decay | (0.5, -0.01) | 0.1 · (1, -1) | 0.1 · 0.1 · (2, -1) = (0.02, -0.01) | **(1.88, -0.89)** |
#
# The L2 term changed *nothing*: it made the gradient larger, and Adam divided by that. The decoupled decay shrank both
# weights by one percent, whatever their gradients were. Does torch agree? Its `Adam` adds `weight_decay` to the
# gradient, its `AdamW` decouples it.

# %%
# NBVAL_CHECK_OUTPUT
for name, kind, strength in (
    ("nothing", torch.optim.AdamW, 0.0),
    ("L2 in the loss", torch.optim.Adam, 0.1),
    ("decoupled decay", torch.optim.AdamW, 0.1),
):
    w = torch.tensor([2.0, -1.0], requires_grad=True)
    w.grad = torch.tensor([0.5, -0.01])
    kind([w], lr=0.1, weight_decay=strength).step()
    print(f"{name:16}", [round(value, 4) for value in w.tolist()])

# %% [markdown]
# ### Exercise 06.2: write the step
#
# Write Adam's first step with both kinds of shrinking. `l2` is the strength of $\tfrac12\,l2\,\sum w^2$ in the loss;
# `decay` is the strength of the decoupled decay.


# %%
def first_step(w, gradient, rate, l2=0.0, decay=0.0, beta1=0.9, beta2=0.999, eps=1e-8):
    """Return the new w, float tensor [2]. m and v start at 0; this is step 1."""
    ### BEGIN SOLUTION
    gradient = gradient + l2 * w
    m = (1 - beta1) * gradient / (1 - beta1)
    v = (1 - beta2) * gradient**2 / (1 - beta2)
    return w - rate * decay * w - rate * m / (v.sqrt() + eps)
    ### END SOLUTION


# %%
# NBVAL_CHECK_OUTPUT
fe.exercises.check("06.2", first_step)

# %% [markdown]
# ### And after 400 steps?
#
# One step may be a special case. So take 500 weights whose gradients are loud noise (deviation 10) and 500 whose
# gradients are quiet noise (deviation 0.1). Nothing pulls them anywhere but the shrinking. All start at 1.
#
# **Predict.** Which of the four curves fall together, and which fall apart?

# %%
sheet, axes = fe.plots.figure(9, 3.2, 1, 2, sharey=True)
for ax, name, kind in (
    (axes[0], "L2 in the loss", torch.optim.Adam),
    (axes[1], "decoupled decay", torch.optim.AdamW),
):
    noise = torch.Generator().manual_seed(0)
    w = torch.ones(2, 500, requires_grad=True)
    loudness = torch.tensor([[10.0], [0.1]])
    optimizer = kind([w], lr=0.01, weight_decay=0.1)
    means = [w.detach().mean(1)]
    for _ in range(400):
        w.grad = loudness * torch.randn(2, 500, generator=noise)
        optimizer.step()
        means.append(w.detach().mean(1))
    loud, quiet = torch.stack(means).T
    ax.plot(loud, "-", color=fe.plots.BLUE, label="loud gradients")
    ax.plot(quiet, "--", color=fe.plots.ORANGE, label="quiet gradients")
    ax.set(title=name, xlabel="step", ylim=(-0.1, 1.1))
axes[0].set_ylabel("mean weight")
axes[0].legend(loc="center right")
sheet

# %% [markdown]
# Under L2 the weights with quiet gradients are gone within a few hundred steps, and those with loud gradients hardly
# notice. Under the decoupled decay both fall alike. So a strength tuned for one of them says nothing about the other.
#
# ### And in the network?
#
# There the gradients are no noise: they pull the weights somewhere. Train a narrow SDL network (`sdl-small`, 137
# thousand parameters) three times from the same start: with no shrinking, with an L2 term on the two final layers, and
# with AdamW's decay on the same two layers. Both have the same nominal strength, 0.3. That is far more than anyone
# would use, so that a few seconds show something. Here is the whole training loop; the rest of this notebook uses it
# too.

# %%
faces = fe.data.load("faces", split="train", size=3000, seed=0)
images, labels = faces.images.to(device), faces.labels.to(device)


def steps_of(model, rates, l2=(0.0, 0.0), decay=0.0, batch_size=32, seed=0):
    """Train for one step at each of the rates; yield the cross-entropy, a tensor [], after every step.

    l2: the two strengths of Eq. 5. decay: AdamW's decoupled decay of the two final layers.
    """
    objective = fe.training.Objective(*l2)
    final = [layer.weight for layer in model.final_layers]
    others = [p for p in model.parameters() if all(p is not w for w in final)]
    optimizer = torch.optim.AdamW([{"params": others, "weight_decay": 0.0}, {"params": final, "weight_decay": decay}])
    order = torch.randperm(len(images), generator=torch.Generator().manual_seed(seed)).repeat(4).to(device)
    model.to(device, memory_format=torch.channels_last).train()
    for step, rate in enumerate(rates):
        for group in optimizer.param_groups:
            group["lr"] = rate
        batch = order[step * batch_size : (step + 1) * batch_size]
        loss, cross_entropy = objective(model, model(images[batch].float() / 255), labels[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        yield cross_entropy.detach()


# %% [markdown]
# A weight of $W_1$ is *loud* if it is in the quarter with the largest squared gradients over the run without shrinking,
# and *quiet* if it is in the quarter with the smallest.
#
# **Predict.** Which layer norms will the L2 term change most, and will the quiet weights suffer more than the loud
# ones?

# %%
epoch = 20  # steps: short epochs of 640 pictures
squares, weights, losses = 0.0, {}, {}
for name, l2, decay in (("nothing", 0.0, 0.0), ("L2 in the loss", 0.3, 0.0), ("decoupled decay", 0.0, 0.3)):
    net = fe.models.create("sdl-small", seed=0, dropout=0.0)
    W1, W2 = (layer.weight for layer in net.final_layers)
    weights[name], entropies = [(W1.detach().cpu().clone(), W2.detach().cpu().clone())], []
    for step, entropy in enumerate(steps_of(net, [0.003] * 4 * epoch, (l2, l2), decay), start=1):
        entropies.append(entropy)
        if name == "nothing":
            squares = squares + net.final_layers[0].weight.grad.cpu().square()
        if step % epoch == 0:
            weights[name].append(tuple(layer.weight.detach().cpu().clone() for layer in net.final_layers))
    losses[name] = torch.stack(entropies[-epoch:]).mean().item()
order = squares.flatten().argsort()
quiet, loud = order[: len(order) // 4], order[-len(order) // 4 :]
runs = {
    name: {
        "W1": [W1.norm().item() for W1, _ in each],
        "W2": [W2.norm().item() for _, W2 in each],
        "loud": [W1.flatten()[loud].abs().mean().item() for W1, _ in each],
        "quiet": [W1.flatten()[quiet].abs().mean().item() for W1, _ in each],
    }
    for name, each in weights.items()
}
display(plots_training.final_layers(runs))
for name, run in runs.items():
    left = ", ".join(f"{part} {run[part][-1] / run[part][0]:.0%}" for part in run)
    print(f"{name:16} left of the start: {left}; cross-entropy of the last epoch {losses[name]:.2f}")

# %% [markdown]
# The same number, 0.3, and two different networks. Under the decoupled decay each step takes rate times strength off
# every weight: 0.003 · 0.3, a tenth of a percent, which in 80 steps is seven percent. The orange lines stay near the
# grey ones. Under L2 a weight whose own gradient is small against $\lambda w$ is walked towards 0 by about the whole
# learning rate in each step, and a start weight of 0.015 is only a few steps long. Compare the quiet weights with the
# loud ones under L2: how far apart they end stands below the figure, for this network and these few steps.
#
# The paper's $\lambda$ are L2 strengths: this course puts them into the loss (`fe.training.Objective`), as Eqs. 4 and 5
# do, and switches AdamW's own decay off in the recipe `"paper"`. The paper does not say whether it was on.
#
# ## 3. How large may the learning rate be?
#
# The paper starts from a learning rate of 0.03 and multiplies it by 0.9 every ten epochs, for 300 epochs.
#
# ### Exercise 06.3: the paper's learning rate


# %%
def paper_rate(epoch):
    """Return the learning rate in epoch 0, 1, ... 299."""
    ### BEGIN SOLUTION
    return 0.03 * 0.9 ** (epoch // 10)
    ### END SOLUTION


# %%
# NBVAL_CHECK_OUTPUT
fe.exercises.check("06.3", paper_rate)

# %% [markdown]
# Is 0.03 much? For plain gradient descent, no. For AdamW, a rate of 0.03 means that *every* weight may move by about
# 0.03 in *every* step, since the gradient's size is divided away. The paper's weights start with a deviation of 0.05.
#
# A **learning-rate range test** (Smith 2017) measures it. Train a fresh network, raise the rate a little at each step,
# and watch where the loss stops falling. The network is the paper's, with nothing that the paper does not mention (no
# batch normalisation, no dropout), with its L2 term and with its start. The paper gives no widths; these are narrow.
#
# **Predict.** A network that knows nothing gives each of the 7 classes the same probability. Its cross-entropy is
# $\ln 7 = 1.95$. Where on the axis of rates will the loss begin to fall, and where will it break?

# %%


def paper_network(seed=0):
    """Return a fresh SDL network with the paper's start."""
    model = fe.models.create("sdl-small", seed=seed, batch_norm=False, dropout=0.0)
    return fe.models.gaussian_start(model, 0.05, torch.Generator().manual_seed(seed))


def losses_at(rates):
    """Train a fresh network for one step at each of the rates; return the cross-entropy of every step."""
    return torch.stack(list(steps_of(paper_network(), rates, l2=(0.001, 0.01), batch_size=64))).cpu()


rates = torch.logspace(-4, -0.6, 100).tolist()
rising = losses_at(rates)
steady = {rate: losses_at([rate] * 60) for rate in (0.003, 0.03)}

# %%


def smooth(losses):
    """Return the mean over nine neighbouring steps: a single batch says little."""
    return torch.nn.functional.avg_pool1d(losses[None, None], 9, 1, 4, count_include_pad=False)[0, 0]


best_rate = rates[smooth(rising).argmin()]
sheet, (left, right) = fe.plots.figure(9, 3.6, 1, 2)
left.plot(rates, smooth(rising), color=fe.plots.BLUE)
left.axvline(0.03, color=fe.plots.ORANGE, linestyle="--", label="the paper's 0.03")
left.axhline(torch.tensor(7.0).log(), color=fe.plots.GREY, linestyle=":", label="guessing, ln 7")
left.set(xscale="log", xlabel="learning rate, rising step by step", ylabel="cross-entropy", ylim=(1.4, 3))
left.set_title("raised a little at each step")
left.legend(loc="upper left")
for rate, look in ((0.003, {"color": fe.plots.BLUE}), (0.03, {"color": fe.plots.ORANGE, "linestyle": "--"})):
    right.plot(range(1, 61), smooth(steady[rate]), label=f"{rate:g} from the first step", **look)
right.axhline(torch.tensor(7.0).log(), color=fe.plots.GREY, linestyle=":")
right.set(xlabel="step", title="held from the first step", ylim=(1.4, 3))
right.legend(loc="upper right")
display(sheet)
print(f"lowest loss on the way up at a rate of {best_rate:.2g}, {0.03 / best_rate:.1f} times below the paper's 0.03")
for rate, losses in steady.items():
    last = losses[-10:].mean()
    print(f"{rate:g} from the first step: largest loss {losses.max():.3g}, mean of the last 10 steps {last:.3f}")

# %% [markdown]
# On the left, the loss falls where the rate is some thousandths. From about a hundredth on it rises again, and past a
# tenth it breaks apart. On the right, the rate does not creep up, it is there from the first step, as in the paper.
# At 0.003 nothing seems to happen for a while; then the loss falls. At 0.03 the first steps throw the weights far
# away. The loss jumps (its largest value stands below the figure), falls back to ln 7, and stays: the network gives
# every face the same answer. A larger rate was *not* faster.
#
# Compare 0.03 on both sides. Reached slowly, it costs a part of what was learned; met at once, it ends the learning.
# That is why schedules warm up.
#
# ### Why does it stay at ln 7?
#
# A ReLU gives 0 for every input below 0, and no gradient passes where it gives 0. A unit that gives 0 for *every*
# picture is called **dead**: nothing that comes from behind it can reach the weights before it. So count. After 80
# steps at 0.03, show the network 128 faces. How many units of each block are 0 for all of them (in a block of
# convolutions: a whole feature map)? How far do its answers differ from face to face? And how long is the gradient of
# the cross-entropy by each block's weights?
#
# **Predict.** Which numbers will be small, and which will be *exactly* 0?

# %%
blocks = ("SDL-1", "SDL-2", "baseline", "hidden layer")


def look_inside(model, count=128):
    """Return (dead units, all units, gradient norm) of each block, and the largest spread of a logit over the faces."""
    last = [
        [part for part in model.sdl1.extract if isinstance(part, torch.nn.ReLU)][-1],
        [part for part in model.sdl2.extract if isinstance(part, torch.nn.ReLU)][-1],
        model.baseline[-1],
        model.classifier[2],
    ]
    kept = {}
    hooks = [relu.register_forward_hook(lambda module, inputs, output: kept.update({module: output})) for relu in last]
    model.eval()
    model.zero_grad()
    logits = model(images[:count].float() / 255)
    torch.nn.functional.cross_entropy(logits, labels[:count]).backward()
    for hook in hooks:
        hook.remove()
    rows = []
    for relu, part in zip(last, (model.sdl1, model.sdl2, model.baseline, model.classifier[1]), strict=True):
        highest = kept[relu].detach().transpose(0, 1).flatten(1).amax(1)  # of each unit or map, over all faces
        gradient = torch.cat([p.grad.flatten() for p in part.parameters()])
        rows.append((int((highest <= 0).sum()), len(highest), gradient.norm().item()))
    return rows, logits.detach().std(0).max().item()


for rate, seed in ((0.03, 0), (0.03, 1), (0.03, 2), (0.003, 0)):
    net = paper_network(seed)
    *_, entropy = steps_of(net, [rate] * 80, l2=(0.001, 0.01), seed=seed)
    rows, spread = look_inside(net)
    print(f"rate {rate:g}, seed {seed}: the faces' answers spread by {spread:.2g}")
    for block, (dead, units, gradient) in zip(blocks, rows, strict=True):
        told = "exactly 0" if gradient == 0 else f"{gradient:.1e}"
        print(f"    {block:13} {dead:3} of {units:3} dead, gradient {told}")

# %% [markdown]
# Read the three runs at 0.03. A block is cut off where it is dead itself or where everything behind it is. Its gradient
# is then not small, it is 0, and its weights stay where they are however many epochs follow (Adam coasts for a few
# steps on what it remembers). Only the L2 term still moves something, and it acts on the two final layers alone: it
# shrinks them. That might wake a hidden unit; it cannot wake a block of convolutions. Where a block still has a
# gradient, look at the spread: if it is 0, the units that live give the same value for every face. A network whose
# answer does not depend on the face can learn one thing only: how frequent the classes are. That is what the ln 7 was.
#
# The last run shows the difference. At 0.003 some units are dead as well. That is common and does no harm while others
# live.
#
# What does this show, and what not? It shows that this network, on these faces, in this reading of the paper, does not
# start learning at 0.03. The paper leaves the batch size and the widths open, and other choices may be kinder. Three
# seeds are few. And a range test asks about the beginning only.
#
# ### From the letter of the paper to a network that learns
#
# What has to change? That takes longer than a notebook should, so it was run beforehand and recorded: the paper's
# recipe to the letter, and then one change after the other, each on top of those before it.
#
# **Predict.** Put the changes in the order of how much you think they give.

# %%
if "paper_recipe" in fe.records.names():
    record = fe.records.read("paper_recipe")
    print(f"Recorded, not run here: {record['network']['model']} on {record['data']}, {record['pictures']:,} pictures,")
    print(f"{record['epochs']} epochs, seeds {record['seeds']}, {record['device']}, torch", record["versions"]["torch"])
    display(plots_training.ladder(record))
    for name, row in record["rows"].items():
        whole = [accuracy for accuracy, why in zip(row["accuracy"], row["stopped"], strict=True) if why is None]
        told = f"mean {sum(whole) / len(whole):.1%}" if whole else "no seed came to its end"
        print(f"{name}: {told}. {row['says']}")
        for seed, why in zip(record["seeds"], row["stopped"], strict=True):
            if why:
                print(f"    seed {seed} stopped: {why}")
else:
    print("This copy of the course holds no such record. Nothing below needs it.")

# %% [markdown]
# Two cautions. The changes are stacked: a row says what its change gives *after* those above it, and in another order
# it might give more or less. And where all pictures get the same answer, the accuracy is the share of that answer's
# class, which on PublicTest lies between 2 % (disgust) and 25 % (happy): a dot at such a height has learned nothing.

# %% [markdown]
# ### All of FER-2013, and why 297 epochs are missing
#
# Those runs are small: a narrow network, a part of the pictures. So the recipe was started once more as it stands, with
# the whole network, all of Training, and classes oversampled until they are alike. After three of its 300 epochs it was
# stopped. AdamW keeps a moving mean of each gradient, which falls by a tenth a step where the gradient is exactly 0.
#
# **Predict.** We looked at the dead units and at that mean. What can we have seen that made the other 297 epochs
# needless?

# %%
# NBVAL_CHECK_OUTPUT
letter = fe.records.read("paper_letter")
print("Recorded, not run here: sdl-plain, recipe paper, one seed, float32 on a CPU")
for row in letter["history"]:
    print(
        f"    epoch {row['epoch']}: train loss {row['train_loss']:.3f}, val loss {row['val_loss']:.3f}, "
        f"accuracy on PublicTest {row['val_accuracy']:.1%}"
    )
for block, row in letter["blocks"].items():
    told = "exactly 0" if row["gradient"] == 0 else f"{row['gradient']:.1e}"
    print(f"    {block:13} {row['dead']:3} of {row['units']:3} dead on all of Training, gradient {told}")
print(f"    largest bias of the hidden layer: {letter['largest bias of the hidden layer']:.4f}")
moments = letter["moments"]
print(f"    mean gradient above 1e-40 after {moments['steps']} steps in {len(moments['above 1e-40'])}", end=" ")
print(f"of {moments['tensors']} tensors, shaped {', '.join(map(str, moments['above 1e-40']))}")
print(f"    answers on PublicTest, class by class: {letter['answers on PublicTest']}")

# %% [markdown]
# Follow it backwards. Every hidden unit is dead, and all its biases are below 0. What feeds the hidden layer is dead as
# well, so its input is 0 for every face, whatever its weights are. Then its output is 0 for ever: the weights of both
# final layers multiply zeros, and the L2 term may shrink them as it likes. Nothing before them gets a gradient. For how
# long already? A mean gradient that is down at $10^{-45}$, the smallest number that float32 has, has seen nothing but
# zeros for many hundred steps, on augmented pictures too. The three tensors that are left are the two matrices of the
# L2 term and the last bias. That bias alone still learns, and all it can learn is how frequent the classes are.
#
# So the outcome of the 300 epochs is known after three: one answer for every face. It is the outcome of *this* reading,
# for one seed: a width, a batch of 128, no batch normalisation, biases that start at 0. The paper leaves these open.

# %% [markdown]
# ## Explore: a schedule
#
# A schedule says which rate an epoch gets. **Which schedule stays below the rate that you have just measured, and still
# lets AdamW's decay do something?** The decay of one step is rate times strength. So the schedule decides that too.
#
# The dashed grey line is the paper's schedule; the dotted line is the rate at which your loss was lowest.

# %%
explorer = fe.widgets.ScheduleExplorer(fe.widgets.ScheduleState(limit=round(best_rate, 4)))
explorer

# %%
print(f"The explorer drew {explorer.walk()} pictures.")

# %% [markdown]
# ## 4. Train
#
# The recipe `"classroom"` warms up to a rate of 0.003 and comes down along a cosine ("one-cycle"). The localisation
# networks get a tenth of that. On a CPU it trains the narrow network, for ten epochs. Where there is a GPU, the wider
# one is trained with the recipe `"best"`, on as many pictures as FER-2013 has. The best epoch is chosen on *val*;
# *test* is not looked at yet.

# %%
fer2013 = bool(os.environ.get("FER2013_ROOT"))
with_gpu = device.type == "cuda"
sizes = {"train": 28709, "val": 3589, "test": 3589} if with_gpu else {"train": 3000, "val": 700, "test": 700}


def load(split):
    """Return a split of FER-2013 where FER2013_ROOT is set, else drawn faces; on a CPU a part of it."""
    if not fer2013:
        return fe.data.load("faces", split=split, size=sizes[split], seed=0)
    found = fe.data.load("fer2013", split=split)
    if not with_gpu and len(found) > sizes[split]:
        found = found[torch.randperm(len(found), generator=torch.Generator().manual_seed(0))[: sizes[split]]]
    return found


train, val = load("train"), load("val")
try:
    test = load("test")
except fe.errors.DataError as error:  # some copies of FER-2013 go round without PrivateTest
    print(f"{error}\nHalf of val is put aside and used as the test set.")
    val, test = val[: len(val) // 2], val[len(val) // 2 :]
network = "sdl" if with_gpu else "sdl-small"
recipe = fe.training.recipe("best") if with_gpu else fe.training.recipe("classroom", epochs=10)
run_folder = tempfile.mkdtemp()
live = fe.widgets.LiveTraining(recipe.epochs, chance=1 / 7, private=fer2013)
print(train)
if fer2013:
    print("FER-2013's pictures are not shown: you may use them, not pass them on, and a notebook is passed on.")
else:
    display(fe.plots.faces(train[:7]))

# %% [markdown]
# **Predict.** Write down the accuracy on val that you expect at the end. On drawn faces, guessing gives 14 %. And
# sketch the curve of $|\theta - I|$, the distance between SDL-1's look at the first face of val and looking straight
# ahead.
#
# **Watch.** The view below grows while it trains: both losses, the accuracy, the rate, one face with the quadrilateral
# that θ looks at, and the time left. Drawing costs time too. The view keeps account, and draws no more often than 2 %
# of the training time allows; only the last epoch is always drawn.
#
# **Pause.** Press ■ (*Interrupt the kernel*) while it trains. Run the cell again, and it goes on after the last whole
# epoch, with the same steps as if nothing had happened; the curves stay.

# %%
display(live)
model = fe.models.create(network, seed=0)
live.follow(model, val.images)
try:
    history = fe.training.fit(
        model, train, val, recipe, device=device.type, checkpoint=run_folder, seed=0, progress="none", on_epoch=live
    )
except KeyboardInterrupt:
    print(f"Paused after {len(live.state.rows)} whole epochs. Run this cell again to go on.")

# %%
display(fe.plots.learning_curves(history, chance=1 / 7))
best = history.best
print(f"best epoch on val: {best['epoch']} of {recipe.epochs}, accuracy {best['val_accuracy']:.1%}")
print(f"{len(train) / (sum(history['seconds']) / len(history.epochs)):.0f} pictures a second, validation included")
if live.view is not None:
    print(f"watching took {live.spent / live.trained:.1%} of that time; one drawing takes {1000 * live.cost:.0f} ms")

# %% [markdown]
# Train lies above val, and that is no mistake: while it trains, the network sees warped faces, and dropout switches
# parts of it off. The smoothed labels of the recipe `"best"`, which a GPU gets, lift its loss as well.
#
# Do you prefer TensorBoard? Give `fe.training.TensorBoard("a_folder")` to `fit` as `on_epoch` instead; it needs
# `pip install tensorboard`.
#
# ### Score it, once
#
# The best epoch was chosen on val, so its accuracy on val flatters it. The test set has chosen nothing. It is used
# once, here, and its number is reported whatever it is.

# %%
report = fe.evaluation.evaluate(model, test)
print(report)
fe.plots.confusion(report, title=f"{test.name} {test.split}: percent of each true class")

# %% [markdown]
# Read the interval before the accuracy. It says how far the accuracy could be off because the test set is only a sample
# of pictures. It does *not* say how far another seed would land: for that, train again with another `seed`. One run is
# one run. Then read a row of the matrix: of the faces that truly show fear, where do the answers go?
#
# ### The long run
#
# A few minutes do not show what the network can do. Long runs on FER-2013 are recorded with the course, each with its
# command, versions, seed and device. What follows is read from a file; nothing of it was computed here.

# %%
import json
from pathlib import Path

results = Path(fe.__file__).parents[1] / "results"
recorded = [path for name in ("sdl-fer2013", "best-fer2013") if (path := results / f"{name}.json").exists()]
for path in recorded:
    record = json.loads(path.read_text(encoding="utf-8"))
    run = record["run"]
    print(f"recorded, {path.name}: {run['identity']['model']}, {len(record['history'])} epochs on {run['device']},")
    print(f"    torch {run['versions']['torch']}, accuracy on val {record['val_accuracy']:.1%}; {run['command']}")
    display(fe.plots.learning_curves(record, title=f"{run['identity']['model']} on FER-2013, recorded"))
if not recorded:
    print("This copy of the course holds no recorded run (the folder results/). Nothing below needs it.")

# %% [markdown]
# ### The same again?
#
# Somebody asks you for the network of this notebook. You give them the code and the seed. **Predict.** Do they get the
# same weights, to the last bit?
#
# Train twice with one seed and once with another, for one short epoch, and compare every number.

# %%
small, once = train[:512], fe.training.recipe("classroom", epochs=1)


def weights_after(seed):
    """Return all weights, on the CPU as one float32 vector, after one epoch on 512 pictures."""
    net = fe.models.create("sdl-small", seed=seed)
    fe.training.fit(net, small, val[:128], once, device=device.type, seed=seed, progress="none")
    return torch.cat([p.detach().cpu().flatten() for p in net.parameters()])


first, second, other = weights_after(0), weights_after(0), weights_after(1)
print(f"one seed, twice: {int((first != second).sum())} of {len(first)} weights differ,", end=" ")
print(f"the largest difference is {(first - second).abs().max():.2g}")
print(f"another seed:    {int((first != other).sum())} of {len(first)} weights differ,", end=" ")
print(f"the largest difference is {(first - other).abs().max():.2g}")
if device.type == "cpu":
    assert torch.equal(first, second)

# %% [markdown]
# On one machine's CPU, with one version of torch and one number of threads, the same seed gives the same bits: sums are
# added up in the same order each time. On a GPU many threads add into the same place, and whichever comes first goes
# first. The gradient of the bilinear sampler is such a sum. Adding floating-point numbers in another order gives
# another last digit, and training enlarges it step by step. By how much stands above if you have a GPU
# (`python benchmarks/reproducibility.py` measures it over more steps). So a seed is a label for a run, not a promise,
# and a claim that holds for one seed only is no claim.

# %% [markdown]
# ## 5. How fast, and of what?
#
# `nvidia-smi` shows a GPU at 100 %. It means that in the last moments *something* was always running on it. One kernel
# that uses one corner of the chip is enough. Whether the arithmetic was busy is another question. To answer it, count.
#
# ### Exercise 06.4: what 100 % does not say (paper and pencil)
#
# A GPU can do 8 million million (8 · 10¹²) operations a second, and `nvidia-smi` shows 100 %. It trains 2,000 pictures
# a second. One picture costs 0.6 · 10⁹ operations, forward and back together. **Which share of the operations that it
# could do does it do?** Give a number between 0 and 1.

# %%
### BEGIN SOLUTION
share_used = 0.15
### END SOLUTION

# %%
# NBVAL_CHECK_OUTPUT
fe.exercises.check("06.4", share_used)

# %% [markdown]
# ### Measure yours
#
# First two ceilings. How many operations a second does this machine do when it multiplies large matrices? And how many
# bytes a second does it move when it copies a large tensor? Then a training step, augmentation included, with one
# change after the other:
#
# 1. a plain loop as in many tutorials: a `DataLoader` that transforms picture after picture with torchvision;
# 2. all pictures in one tensor on the device, augmented by one warp a batch;
# 3. the channels of a pixel side by side in memory (*channels last*);
# 4. bfloat16 for the network, where the machine multiplies that in hardware; θ and the grids stay in float32.
#
# Each is measured, not promised: another machine, or this one while something else runs, gives other numbers.
#
# **Predict.** Which of the three changes gives most on your machine?

# %%
from PIL import Image
from torch.utils.flop_counter import FlopCounterMode
from torchvision import transforms

from fer_edu.data.augmentation import Augmentation, augment

BATCH = 128 if with_gpu else 64


def seconds_each(run, rounds=4, calls=20 if with_gpu else 1):
    """Return the seconds of one call, in the fastest of some rounds: what else runs here can only slow it down."""
    run()  # warms up
    found = []
    for _ in range(rounds):
        wait()
        start = time.perf_counter()
        for _ in range(calls):
            run()
        wait()
        found.append((time.perf_counter() - start) / calls)
    return min(found)


def wait():
    """Let the GPU finish: it works on while Python has long gone ahead."""
    if with_gpu:
        torch.cuda.synchronize()
    elif device.type == "mps":
        torch.mps.synchronize()


class OneByOne(torch.utils.data.Dataset):
    """The drawn faces as a tutorial would serve them: a picture, its transforms, a tensor."""

    change = transforms.Compose(
        [
            transforms.RandomHorizontalFlip(),
            transforms.RandomAffine(10, translate=(0.05, 0.05), scale=(0.9, 1.1)),
            transforms.ToTensor(),
        ]
    )

    def __len__(self):
        return len(faces)

    def __getitem__(self, index):
        return self.change(Image.fromarray(faces.images[index, 0].numpy())), int(faces.labels[index])


def from_loader():
    while True:
        for x, y in torch.utils.data.DataLoader(OneByOne(), batch_size=BATCH, shuffle=True, drop_last=True):
            yield x.to(device), y.to(device)


def resident():
    generator = torch.Generator(device).manual_seed(0)
    dials = Augmentation.of(recipe)
    while True:
        batch = torch.randint(len(images), (BATCH,), generator=generator, device=device)
        yield augment(images[batch].float() / 255, dials, generator), labels[batch]


def step_of(batches, layout, precision):
    """Return a function that takes one training step on the next of the batches."""
    net = fe.models.create(network, seed=0).to(device, memory_format=layout).train()
    optimizer = torch.optim.AdamW(net.parameters(), lr=0.001, fused=with_gpu)

    def step():
        x, y = next(batches)
        with torch.autocast(device.type, torch.bfloat16, enabled=precision == torch.bfloat16):
            logits = net(x.contiguous(memory_format=layout))
        loss = torch.nn.functional.cross_entropy(logits.float(), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    return step


with FlopCounterMode(display=False) as counter:
    step_of(resident(), torch.contiguous_format, torch.float32)()
work = counter.get_total_flops() / BATCH  # operations a picture, forward and back
values = []
net = fe.models.create(network, seed=0).to(device).eval()
for module in net.modules():
    if not list(module.children()):
        module.register_forward_hook(lambda module, inputs, output: values.append(output.numel()))
with torch.no_grad():
    net(images[:1].float() / 255)
# Each value is written and read on the way forward, read again on the way back, and so is its gradient.
moved = 5 * sum(values)
print(f"{network}: a picture costs {work / 1e9:.2f} · 10⁹ operations, forward and back,")
print(f"and its layers pass on {sum(values) / 1e6:.2f} million values, moved about five times each")

side, length = (8192, 2**28) if with_gpu else (1024, 2**23)
source, target = torch.zeros(2, length, device=device)
bandwidth = 2 * 4 * length / seconds_each(lambda: target.copy_(source))  # read and written, four bytes a value
source = target = None
print(f"ceiling, memory: {bandwidth / 1e9:.1f} · 10⁹ bytes a second")
ceilings = {torch.float32: 0.0}
if fe.training.choose_precision("auto", device) == "bfloat16":
    ceilings[torch.bfloat16] = 0.0
for precision in ceilings:
    matrix = torch.randn(side, side, device=device, dtype=precision)
    ceilings[precision] = 2 * side**3 / seconds_each(lambda matrix=matrix: matrix @ matrix, rounds=20)
    print(f"ceiling, {str(precision)[6:]}: {ceilings[precision] / 1e9:.0f} · 10⁹ operations a second")
matrix = None
cases = [
    ("1 plain loop", from_loader(), torch.contiguous_format, torch.float32),
    ("2 resident, one warp", resident(), torch.contiguous_format, torch.float32),
    ("3 + channels last", resident(), torch.channels_last, torch.float32),
]
if torch.bfloat16 in ceilings:
    cases.append(("4 + bfloat16", resident(), torch.channels_last, torch.bfloat16))
first = None
for name, batches, layout, precision in cases:
    speed = BATCH / seconds_each(step_of(batches, layout, precision))
    first = first or speed
    arithmetic, memory = work / ceilings[precision], moved * precision.itemsize / bandwidth
    print(f"\n{name}: {speed:.0f} pictures a second, {speed / first:.2f} times the plain loop")
    print(f"    {1e6 / speed:.0f} µs a picture; its arithmetic alone, at the ceiling: {1e6 * arithmetic:.0f} µs,")
    print(f"    a share of {arithmetic * speed:.0%}; moving its values alone: {1e6 * memory:.0f} µs")

# %% [markdown]
# If the machine did nothing but multiply, at the rate at which it multiplies large matrices, a picture would take the
# time of its arithmetic alone; if it did nothing but move the values from layer to layer, about the other one. The
# step takes longer. Normalising, pooling, sampling and the optimiser multiply little, and small matrices do not reach
# the rate of large ones. A higher ceiling, such as that of bfloat16, does not make the step faster by the same factor:
# what does not multiply takes as long as before. (Caches spare some of the moving, so the memory figure is an estimate,
# not a bound.) That is why the share, and not the 100 % of `nvidia-smi`, is the number to improve.
#
# A GPU with a small network has one more ceiling: Python has to launch each of a step's many kernels. With
# `fit(..., compile=True)` they are compiled and replayed. That takes a while to start, so it is for long runs.
#
# ### Exercise 06.5: 300 epochs on a T4 (paper and pencil)
#
# The paper trained for 300 epochs on a Tesla T4. Its data sheet promises 8.1 · 10¹² float32 operations a second.
# FER-2013's training part has 28,709 pictures; let one picture cost 0.6 · 10⁹ operations, forward and back. **How many
# minutes do the 300 epochs take?** You need the share of the ceiling that training reaches. This course has not
# measured it on a T4. So assume one, from what you measured above or from exercise 06.4, and write down both: your
# share, between 0 and 1, and the minutes that follow from it.

# %%
### BEGIN SOLUTION
my_share = 0.15
minutes = 70.9
### END SOLUTION

# %%
# NBVAL_CHECK_OUTPUT
fe.exercises.check("06.5", (my_share, minutes))

# %% [markdown]
# The paper does not say how long its training took. Yours is an estimate for a network with free widths, and for a loop
# that keeps the GPU fed: if pictures arrive one by one, the loader sets the pace, and the ceiling does not matter.
#
# ## How far are you?

# %%
# NBVAL_CHECK_OUTPUT
fe.exercises.progress("06")

# %% [markdown]
# ## Take away
#
# - L2 in the loss goes through Adam's division, decoupled decay goes around it. They are two things.
# - AdamW moves every weight by about the learning rate in each step. 0.03 is large for weights of size 0.05.
# - A range test costs a hundred steps and tells you which rates to try.
# - A loss that stays at ln 7 may be a dead network: count the units that are 0 for every picture.
# - Choose on val, score test once, and say how sure you are.
# - A busy GPU is not a used GPU: count operations and compare with the ceiling.
# - One seed on one machine's CPU gives the same bits again. On a GPU it does not, unless you see to it.
#
# **An honest limitation.** One narrow network, one seed, drawn faces, ten epochs. The interval covers the sampling of
# test pictures and nothing else. And the reading of the paper is ours where the paper is silent: batch size, widths,
# how strongly it augments, whether AdamW's own decay was on.
#
# ## Two questions
#
# **1. You double the learning rate, and training gets slower. How can that be?**
#
# <details><summary>Answer</summary>
# A step twice as long helps only while the slope still holds at its end. Beyond that the step lands higher up on the
# other side. In the range test the loss stops falling and then rises although the rate grows. With Adam the length of a
# step does not even shrink with the gradient, so nothing brakes it.
# </details>
#
# **2. A friend moves from `Adam(weight_decay=0.01)` to `AdamW(weight_decay=0.01)` in torch: "the same, but newer". What
# changes?**
#
# <details><summary>Answer</summary>
# `Adam` adds 0.01·w to the gradient, and the division by √v follows; `AdamW` shrinks every weight by rate · 0.01 in
# each step, whatever its gradients. Weights with loud gradients were hardly held before and are now; those with quiet
# gradients were held strongly before and are now held less. The same number has another meaning and has to be tuned
# again.
# </details>
#
# ## References
#
# - Khan, Singh and Agrawal (2023), section 3.2 and section 5: DOI 10.33166/AETiC.2023.02.002
# - Loshchilov and Hutter (2019), *Decoupled weight decay regularization*, AdamW: arXiv 1711.05101
# - Kingma and Ba (2015), *Adam*: arXiv 1412.6980
# - Smith (2017), *Cyclical learning rates*, the range test: arXiv 1506.01186
# - Smith and Topin (2018), *Super-convergence*, the one-cycle schedule: arXiv 1708.07120
# - Wilson (1927), the interval: DOI 10.1080/01621459.1927.10502953
# - Goodfellow et al. (2013), FER-2013: arXiv 1307.0414

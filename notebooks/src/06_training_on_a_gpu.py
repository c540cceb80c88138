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
# - have trained the SDL network, scored it once on the test set, and said how sure you are;
# - have measured how many pictures a second your machine trains, and what share of its arithmetic that uses.
#
# **What you need.** Notebook 00; gradients; what an optimiser does. Nothing to download. If you have FER-2013 on disk
# and the environment variable `FER2013_ROOT` names its folder, this notebook trains on it instead of on drawn faces.
#
# **How long.** About 60 minutes of your time. The computer needs two to three minutes on two CPU cores. It uses a GPU
# where there is one, and then takes less; how much less depends on the GPU, and section 5 measures it on yours.

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
# and watch where the loss stops falling. Here is a whole training loop. It is the paper's network, with nothing that
# the paper does not mention (`sdl-plain`: no batch normalisation, no dropout), and with the paper's start.
#
# **Predict.** A network that knows nothing gives each of the 7 classes the same probability. Its cross-entropy is
# $\ln 7 = 1.95$. Where on the axis of rates will the loss begin to fall, and where will it break?

# %%
sweep = fe.data.load("faces", split="train", size=3000, seed=0)
images, labels = sweep.images.to(device), sweep.labels.to(device)


def losses_at(rates, batch_size=64):
    """Train a fresh network for one step at each of the rates; return the cross-entropy of every step."""
    model = fe.models.create("sdl-plain", seed=0)
    fe.models.gaussian_start(model, 0.05, torch.Generator().manual_seed(0))
    model.to(device, memory_format=torch.channels_last).train()
    objective = fe.training.Objective(lambda1=0.001, lambda2=0.01)
    optimizer = torch.optim.AdamW(model.parameters(), weight_decay=0.0)
    order = torch.randperm(len(images), generator=torch.Generator().manual_seed(0)).repeat(9).to(device)
    losses = []
    for step, rate in enumerate(rates):
        optimizer.param_groups[0]["lr"] = rate
        batch = order[step * batch_size : (step + 1) * batch_size]
        loss, cross_entropy = objective(model, model(images[batch].float() / 255), labels[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(cross_entropy.detach())
    return torch.stack(losses).cpu()


rates = torch.logspace(-4, -0.6, 100).tolist()
rising = losses_at(rates)
steady = {rate: losses_at([rate] * 70) for rate in (0.003, 0.03)}

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
    right.plot(range(1, 71), smooth(steady[rate]), label=f"{rate:g} from the first step", **look)
right.axhline(torch.tensor(7.0).log(), color=fe.plots.GREY, linestyle=":")
right.set(xlabel="step", title="held from the first step", ylim=(1.4, 3))
right.legend(loc="upper right")
display(sheet)
print(f"lowest loss on the way up at a rate of {best_rate:.2g}, {0.03 / best_rate:.1f} times below the paper's 0.03")
for rate, losses in steady.items():
    last = losses[-10:].mean()
    print(f"{rate:g} from the first step: largest loss {losses.max():.3g}, mean of the last 10 steps {last:.3f}")

# %% [markdown]
# On the left, the loss falls where the rate is some thousandths, and it breaks apart at a few hundredths. On the right,
# the rate does not creep up, it is there from the first step, as in the paper. At 0.003 nothing seems to happen for a
# while; then the loss falls. At 0.03 the first steps throw the weights far away. The loss jumps (its largest value
# stands below the figure), falls back to ln 7, and stays: the network gives every face the same answer. A larger rate
# was *not* faster.
#
# What does this show, and what not? It shows that this network, on these faces, in this reading of the paper, does not
# start learning at 0.03. The paper leaves the batch size and the widths open, and other choices may be kinder. It is
# one seed. And a range test asks about the beginning only.

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
# networks get a tenth of that. The best epoch is chosen on *val*; *test* is not looked at yet.

# %%
fer2013 = bool(os.environ.get("FER2013_ROOT"))


def load(split, size):
    """Return a split of FER-2013 where FER2013_ROOT is set, else drawn faces; at most `size` pictures on a CPU."""
    if not fer2013:
        return fe.data.load("faces", split=split, size=size, seed=0)
    found = fe.data.load("fer2013", split=split)
    if device.type == "cpu" and len(found) > size:
        found = found[torch.randperm(len(found), generator=torch.Generator().manual_seed(0))[:size]]
    return found


train, val = load("train", 3000), load("val", 700)
try:
    test = load("test", 700)
except fe.errors.DataError as error:  # some copies of FER-2013 go round without PrivateTest
    print(f"{error}\nHalf of val is put aside and used as the test set.")
    val, test = val[: len(val) // 2], val[len(val) // 2 :]
recipe = fe.training.recipe("classroom", epochs=8)
run_folder = tempfile.mkdtemp()
live = fe.widgets.LiveTraining(recipe.epochs, chance=1 / 7)
print(train)
if fer2013:
    print("FER-2013's pictures are not shown: you may use them, not pass them on, and a notebook is passed on.")
else:
    display(fe.plots.faces(train[:7]))

# %% [markdown]
# **Predict.** Write down the accuracy on val that you expect after 8 epochs. Guessing gives 14 %.
#
# **Pause.** Press ■ (*Interrupt the kernel*) while it trains. Run the cell again, and it goes on after the last whole
# epoch, with the same steps as if nothing had happened.

# %%
display(live)
model = fe.models.create("sdl", seed=0)
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

# %% [markdown]
# Train lies above val, and that is no mistake: while it trains, the network sees warped faces, and dropout switches
# parts of it off.
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
# A few minutes do not show what the network can do. A long run on FER-2013 is recorded with the course, with its
# command, versions, seed and device.

# %%
import json
from pathlib import Path

record_file = Path(fe.__file__).parents[1] / "results" / "sdl-fer2013.json"
if record_file.exists():
    record = json.loads(record_file.read_text())
    print(f"recorded run: {len(record['history'])} epochs, accuracy on val {record['val_accuracy']:.1%}")
    display(fe.plots.learning_curves(record, title="SDL network on FER-2013, recorded"))
else:
    print("This copy of the course holds no recorded run (results/sdl-fer2013.json). Nothing below needs it.")

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
# First the ceiling: how many operations a second does this machine do when it multiplies large matrices? Then the
# training step, in three forms: as written; with the channels of a pixel side by side in memory (*channels last*); and
# in bfloat16, where the machine multiplies that in hardware. Each is measured, not promised: another machine, or this
# one while something else runs, gives other numbers.

# %%
from torch.utils.flop_counter import FlopCounterMode


def seconds_each(run, rounds=5, calls=1 if device.type == "cpu" else 20):
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
    if device.type == "cuda":
        torch.cuda.synchronize()


def step_of(layout, precision):
    """Return a function that does one training step on 128 pictures."""
    net = fe.models.create("sdl", seed=0).to(device, memory_format=layout).train()
    optimizer = torch.optim.AdamW(net.parameters(), lr=0.001)
    x = (images[:128].float() / 255).contiguous(memory_format=layout)

    def step():
        with torch.autocast(device.type, torch.bfloat16, enabled=precision == torch.bfloat16):
            logits = net(x)
        loss = torch.nn.functional.cross_entropy(logits.float(), labels[:128])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    return step


with FlopCounterMode(display=False) as counter:
    step_of(torch.contiguous_format, torch.float32)()
work = counter.get_total_flops() / 128  # operations a picture, forward and back
print(f"one picture costs {work / 1e9:.2f} · 10⁹ operations, forward and back")

side = 1024 if device.type == "cpu" else 8192
cases = [("as written", torch.contiguous_format, torch.float32), ("channels last", torch.channels_last, torch.float32)]
if fe.training.choose_precision("auto", device) == "bfloat16":
    cases.append(("channels last, bfloat16", torch.channels_last, torch.bfloat16))
for name, layout, precision in cases:
    matrix = torch.randn(side, side, device=device, dtype=precision)
    ceiling = 2 * side**3 / seconds_each(lambda matrix=matrix: matrix @ matrix, rounds=40)
    speed = 128 / seconds_each(step_of(layout, precision))
    print(f"{name:24} {speed:7.0f} pictures a second", end=", ")
    print(f"{speed * work / 1e9:.0f} of {ceiling / 1e9:.0f} · 10⁹ operations a second: {speed * work / ceiling:.0%}")

# %% [markdown]
# A training step stays well below the ceiling. Normalising, pooling, sampling and the
# optimiser move memory and multiply little. And a machine with a higher ceiling, such as in bfloat16, does not become
# faster by the same factor: what does not multiply takes as long as before. That is why the share, and not the 100 %,
# is the number to improve.
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
# - Choose on val, score test once, and say how sure you are.
# - A busy GPU is not a used GPU: count operations and compare with the ceiling.
#
# **An honest limitation.** One network, one seed, drawn faces, eight epochs. The interval covers the sampling of test
# pictures and nothing else. And the reading of the paper is ours where the paper is silent: batch size, widths, how
# strongly it augments, whether AdamW's own decay was on.
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

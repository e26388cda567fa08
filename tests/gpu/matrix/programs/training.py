# SPDX-License-Identifier: Apache-2.0
"""Training: what many steps in a row arrive at, against the same steps on the CPU."""

import copy

from . import close, need, program, reference, same, torch


def _net(seed):
    nn = torch.nn
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(32, 128), nn.LayerNorm(128), nn.GELU(), nn.Linear(128, 8))


def _train(net, x, y, steps=20, lr=1e-3, **options):
    optimiser = torch.optim.AdamW(net.parameters(), lr=lr, **options)
    for _ in range(steps):
        loss = torch.nn.functional.mse_loss(net(x), y)
        loss.backward()
        optimiser.step()
        optimiser.zero_grad()
    return loss


@program
def adamw():
    torch.backends.cuda.matmul.allow_tf32 = False
    x, y = reference(1, 256, 32), reference(2, 256, 8)
    net = _net(3)
    on_cpu = copy.deepcopy(net).double()
    expected = _train(on_cpu, x, y)
    for options in ({}, {"fused": True}, {"foreach": False}, {"capturable": True}):
        on_device = copy.deepcopy(net).cuda()
        close(f"loss with {options}", _train(on_device, x.float().cuda(), y.float().cuda(), **options),
              expected, 1e-3)
        close("weights", on_device[0].weight, on_cpu[0].weight, 2e-2)


@program
def mixed_precision():
    x, y = reference(4, 512, 32), reference(5, 512, 8)
    expected = _train(_net(6).double(), x, y, steps=40, lr=1e-2)
    net = _net(6).cuda()
    x, y = x.float().cuda(), y.float().cuda()
    optimiser = torch.optim.AdamW(net.parameters(), lr=1e-2)
    scaler = torch.amp.GradScaler("cuda", init_scale=2.0**40, growth_interval=1000)
    done = 0
    while done < 40:  # the first scales overflow and those steps do not count
        with torch.autocast("cuda", dtype=torch.float16):
            loss = torch.nn.functional.mse_loss(net(x), y)
        scaler.scale(loss).backward()
        before = scaler.get_scale()
        scaler.step(optimiser)
        scaler.update()
        done += scaler.get_scale() >= before
        optimiser.zero_grad()
    same("the scale was lowered", scaler.get_scale() < 2.0**40, True)
    close("loss", loss, expected, 5e-2)


@program
def bert_step():
    transformers = need("transformers")
    torch.manual_seed(7)
    config = transformers.BertConfig(
        num_hidden_layers=2, hidden_size=128, num_attention_heads=4, intermediate_size=256,
        hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
    model = transformers.BertForSequenceClassification(config)
    ids, labels = torch.randint(0, 1000, (8, 64)), torch.arange(8) % 2
    losses = []
    for one in (copy.deepcopy(model).double(), model.cuda()):
        device = next(one.parameters()).device
        optimiser = torch.optim.AdamW(one.parameters(), lr=1e-4)
        for _ in range(5):
            loss = one(ids.to(device), labels=labels.to(device)).loss
            loss.backward()
            torch.nn.utils.clip_grad_norm_(one.parameters(), 1.0)
            optimiser.step()
            optimiser.zero_grad()
        losses.append(loss)
    close("loss after five steps", losses[1], losses[0], 1e-2)


@program
def checkpointed():
    """Recomputation in the backward pass, which runs on autograd's own threads."""
    from torch.utils.checkpoint import checkpoint

    torch.backends.cuda.matmul.allow_tf32 = False
    nets = [_net(8), _net(9)]
    x = reference(10, 64, 32)
    gradients = []
    for device, dtype, f in (("cpu", torch.float64, None), ("cuda", torch.float32, checkpoint)):
        first = copy.deepcopy(nets[0]).to(device, dtype)
        y = first(x.to(device, dtype)) if f is None else \
            f(first, x.to(device, dtype), use_reentrant=False)
        y.square().sum().backward()
        gradients.append(first[0].weight.grad)
    close("gradients", gradients[1], gradients[0], 1e-3)

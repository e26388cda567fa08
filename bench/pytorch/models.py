# SPDX-License-Identifier: Apache-2.0
"""The models that are measured. Imports PyTorch: for children only."""

import os

os.environ.setdefault("HF_HUB_OFFLINE", "1")
import torch  # noqa: E402


def bert(batch=1, tokens=128):
    """BERT-base in half precision: a function that answers one request on the current stream."""
    from transformers import BertConfig, BertModel

    torch.manual_seed(0)
    model = BertModel(BertConfig()).half().cuda().eval()
    ids = torch.randint(0, 1000, (batch, tokens), device="cuda")

    def answer():
        with torch.inference_mode():
            return model(ids).last_hidden_state

    return answer


def graphed(answer):
    """The same as one CUDA graph. Captured here, on a side stream; replays on the current one."""
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(3):
            answer()
    torch.cuda.current_stream().wait_stream(stream)
    torch.cuda.synchronize()
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        kept = answer()

    def replay():
        graph.replay()
        return kept

    replay.graph = graph
    return replay


def device_ms(replay, times=50):
    """How long the device alone needs for a graph, without the host."""
    start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
    for _ in range(10):
        replay()
    start.record()
    for _ in range(times):
        replay()
    end.record()
    end.synchronize()
    return start.elapsed_time(end) / times


def resnet50():
    from torchvision.models import resnet50 as build

    torch.manual_seed(0)
    model = build(weights=None).half().cuda().eval()
    x = torch.randn(1, 3, 224, 224, device="cuda").half()

    def answer():
        with torch.inference_mode():
            return model(x)

    return answer


def bert_training(batch=32, tokens=128, host=False):
    """A step of training BERT-base with AdamW, in bf16 where autocast says so. With host the same
    layers are next to nothing wide and on the CPU: as much Python, and no work for the device."""
    from transformers import BertConfig, BertForSequenceClassification

    torch.manual_seed(0)
    device, config = "cuda", BertConfig()
    if host:
        device, batch, tokens = "cpu", 1, 4
        config = BertConfig(vocab_size=1000, hidden_size=12, intermediate_size=12)
    model = BertForSequenceClassification(config).to(device).train()
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-5, foreach=True)
    ids = torch.randint(0, 1000, (batch, tokens), device=device)
    labels = torch.arange(batch, device=device) % 2

    def step():
        with torch.autocast(device, dtype=torch.bfloat16):
            loss = model(ids, labels=labels).loss
        loss.backward()
        optimiser.step()
        optimiser.zero_grad()
        return loss

    return step


def gemm(n):
    """A product of two n by n bf16 matrices."""
    a = torch.randn(n, n, device="cuda", dtype=torch.bfloat16)
    out = torch.empty_like(a)

    def multiply():
        with torch.inference_mode():
            return torch.mm(a, a, out=out)

    return multiply


# Best-effort loads: (what makes the step, how many steps before it synchronises).
LOADS = {
    "gemm8192": (lambda: gemm(8192), 8),
    "gemm16384": (lambda: gemm(16384), 4),
    "training": (bert_training, 2),
    "python": (lambda: bert_training(host=True), 2),
}

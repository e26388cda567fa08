# SPDX-License-Identifier: Apache-2.0
"""Stream capture, CUDA graphs and what uses them."""

import copy
import ctypes
import threading
from ctypes import byref, c_int, c_size_t, c_uint, c_uint64, c_void_p

from . import close, program, reference, same, torch
from .driver import Driver


def _work(x):
    return torch.nn.functional.gelu(x @ x) + x.sum(0, keepdim=True)


def _input(seed=1):
    torch.backends.cuda.matmul.allow_tf32 = False
    return reference(seed, 128, 128) / 8


def _check_replays(what, graph, x, y, times=5):
    for seed in range(times):
        fresh = _input(100 + seed)
        x.copy_(fresh)
        graph.replay()
        close(f"{what}, replay {seed}", y, _work(fresh), 1e-5)


def _warm_up(x, stream):
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(3):
            _work(x)
    torch.cuda.current_stream().wait_stream(stream)


@program
def side_stream():
    """Capture by hand on a stream of the program's own, with an excursion to another stream."""
    x, stream, other = _input().float().cuda(), torch.cuda.Stream(), torch.cuda.Stream()
    _warm_up(x, stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.stream(stream):
        graph.capture_begin()
        y = x @ x
        other.wait_stream(stream)
        with torch.cuda.stream(other):
            z = x.sum(0, keepdim=True)
        y = torch.nn.functional.gelu(y)
        stream.wait_stream(other)
        y = y + z
        graph.capture_end()
    torch.cuda.current_stream().wait_stream(stream)
    _check_replays("fork and join", graph, x, y)


@program
def default_stream():
    """torch.cuda.graph while the program itself is on the default stream."""
    x = _input().float().cuda()
    _warm_up(x, torch.cuda.Stream())
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        y = _work(x)
    _check_replays("default stream", graph, x, y)


@program
def capture_modes():
    for mode in ("thread_local", "relaxed", "global"):
        x, stream = _input().float().cuda(), torch.cuda.Stream()
        _warm_up(x, stream)
        graph = torch.cuda.CUDAGraph()
        over = threading.Event()
        worked = []

        def other_thread():
            """Uses the device while the capture is on, as a data loader would."""
            own = torch.cuda.Stream()
            with torch.cuda.stream(own):
                t = torch.ones(1000)
                while not over.is_set():
                    d = t.to("cuda")
                    own.synchronize()
                    worked.append(d.sum().item())

        thread = threading.Thread(target=other_thread)
        if mode != "global":
            thread.start()
            while not worked:
                pass
        with torch.cuda.stream(stream):
            graph.capture_begin(capture_error_mode=mode)
            y = _work(x)
            graph.capture_end()
        torch.cuda.current_stream().wait_stream(stream)
        over.set()
        if mode != "global":
            thread.join()
            same("the other thread's numbers", set(worked), {1000.0})
        _check_replays(mode, graph, x, y, 2)


@program
def interleaved_with_eager():
    x = _input().float().cuda()
    _warm_up(x, torch.cuda.Stream())
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        y = _work(x)
    expected, eager = _input(), _input().float().cuda()
    x.copy_(eager)
    for _ in range(40):
        graph.replay()
        x.copy_(y / y.abs().max())  # eager work between the replays, on the same stream
        expected = _work(expected)
        expected = expected / expected.abs().max()
    close("graph and eager by turns", x, expected, 1e-2)
    streams = [torch.cuda.Stream() for _ in range(4)]
    for i in range(40):
        stream = streams[i % 4]
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            graph.replay()
        torch.cuda.current_stream().wait_stream(stream)
    close("on several streams", y, _work(x.double().cpu()), 1e-5)


@program
def graphed_callables():
    nn = torch.nn
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.manual_seed(2)
    net = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 8)).cuda()
    x = reference(3, 32, 64).float().cuda()
    # On a copy: what autograd keeps of an eager step on the default stream would be waited for in the
    # capture of the same parameters, which ends that capture.
    double = copy.deepcopy(net).cpu().double()
    expected = double(x.cpu().double())
    expected.sum().backward()
    graphed = torch.cuda.make_graphed_callables(net, (x.clone(),))
    for replay in range(2):
        net.zero_grad(set_to_none=True)
        got = graphed(x)
        got.sum().backward()
        close(f"forward {replay}", got, expected, 1e-5)
        close(f"backward {replay}", net[0].weight.grad, double[0].weight.grad, 1e-5)


@program
def whole_training_step():
    torch.manual_seed(4)
    net = torch.nn.Linear(64, 64).cuda()
    optimiser = torch.optim.AdamW(net.parameters(), lr=1e-2, capturable=True)
    x, y = reference(5, 32, 64).float().cuda(), reference(6, 32, 64).float().cuda()

    def step():
        optimiser.zero_grad(set_to_none=True)
        loss = torch.nn.functional.mse_loss(net(x), y)
        loss.backward()
        optimiser.step()
        return loss

    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(3):
            first = step()
    torch.cuda.current_stream().wait_stream(stream)
    first = first.item()
    graph = torch.cuda.CUDAGraph()
    optimiser.zero_grad(set_to_none=True)
    with torch.cuda.graph(graph):
        loss = step()
    for _ in range(300):
        graph.replay()
    same("the loss fell to less than a third", loss.item() < first / 3, True)


@program
def shared_pool():
    """Two graphs in one memory pool; one of them is destroyed while the other lives on."""
    x = _input().float().cuda()
    _warm_up(x, torch.cuda.Stream())
    first, second = torch.cuda.CUDAGraph(), torch.cuda.CUDAGraph()
    with torch.cuda.graph(first):
        y = _work(x)
    with torch.cuda.graph(second, pool=first.pool()):
        z = _work(y / 100)
    for seed in range(3):
        fresh = _input(200 + seed)
        x.copy_(fresh)
        first.replay()
        second.replay()
        close(f"both, {seed}", z, _work(_work(fresh) / 100), 1e-4)
    second.reset()
    del second
    _check_replays("the first alone", first, x, y, 2)


@program
def graph_of_graphs():
    """A graph of PyTorch's twice as a child of another graph, through the driver API."""
    x, stream = torch.zeros(1000, device="cuda"), torch.cuda.Stream()
    graph = torch.cuda.CUDAGraph(keep_graph=True)
    with torch.cuda.graph(graph, stream=stream):
        x.mul_(2).add_(1)
    child = c_void_p(graph.raw_cuda_graph())
    driver = Driver()
    parent = driver.get(c_void_p, "cuGraphCreate", c_uint(0))
    first = driver.get(c_void_p, "cuGraphAddChildGraphNode", parent, None, c_size_t(0), child)
    driver.get(c_void_p, "cuGraphAddChildGraphNode", parent, byref(first), c_size_t(1), child)
    runnable = driver.get(c_void_p, "cuGraphInstantiateWithFlags", parent, c_uint64(0))
    x.zero_()
    torch.cuda.synchronize()
    for _ in range(5):
        driver.call("cuGraphLaunch", runnable, c_void_p(stream.cuda_stream))
    stream.synchronize()
    same("ten times 2x + 1", x, torch.full((1000,), 2.0**10 - 1))
    driver.call("cuGraphUpload", runnable, c_void_p(stream.cuda_stream))
    stream.synchronize()
    driver.call("cuGraphLaunch", runnable, None)  # on the default stream
    torch.cuda.synchronize()
    same("twice more", x, torch.full((1000,), 2.0**12 - 1))
    driver.call("cuGraphExecDestroy", runnable)
    driver.call("cuGraphDestroy", parent)


@program
def errors_while_capturing():
    """What is forbidden in a capture fails as it does bare, and the stream works again after."""
    driver = Driver().start()
    stream, word = driver.stream(), driver.memory(1)
    for mode in (0, 1, 2):  # global, thread-local, relaxed
        driver.call("cuStreamBeginCapture_v2", stream, mode)
        driver.affine(stream, word, 2, 1)
        print("mode", mode, "synchronise:", driver.ask("cuStreamSynchronize", stream))
        graph = c_void_p()
        print("mode", mode, "end:", driver.ask("cuStreamEndCapture", stream, byref(graph)))
    print("legacy stream:", driver.ask("cuStreamBeginCapture_v2", None, 0))
    blocking = driver.stream(flags=0)
    driver.call("cuStreamBeginCapture_v2", blocking, 0)
    state = c_int()
    print("query of a capture:", driver.ask("cuStreamQuery", blocking))
    print("legacy launch:", _code(lambda: driver.spin(None, 10)))
    print("state:", driver.ask("cuStreamIsCapturing", blocking, byref(state)), state.value)
    print("end:", driver.ask("cuStreamEndCapture", blocking, byref(c_void_p())))
    driver.affine(stream, word, 2, 1)
    driver.wait(stream)
    same("nothing of the captures ran", driver.read(word), 3)


def _code(function):
    try:
        function()
    except RuntimeError as error:
        return error
    return 0


@program
def graph_by_hand():
    """Nodes added one by one, parameters changed in the executable graph, then an update."""
    driver = Driver().start()
    stream, word = driver.stream(), driver.memory(1)

    class Kernel(ctypes.Structure):  # CUDA_KERNEL_NODE_PARAMS of cuGraphAddKernelNode_v2
        _fields_ = [("function", c_void_p), ("sizes", c_uint * 7), ("parameters", c_void_p),
                    ("extra", c_void_p), ("kernel", c_void_p), ("context", c_void_p)]

    def node(factor, term):
        values = [c_uint64(v) for v in (word.value, factor, term)]
        pointers = (c_void_p * 3)(*(ctypes.addressof(v) for v in values))
        described = Kernel(driver.kernels["affine"].value, (c_uint * 7)(1, 1, 1, 1, 1, 1, 0),
                           ctypes.addressof(pointers))
        described.keep = values, pointers
        return described

    graph = driver.get(c_void_p, "cuGraphCreate", c_uint(0))
    first = driver.get(c_void_p, "cuGraphAddKernelNode_v2", graph, None, c_size_t(0),
                       byref(node(2, 1)))
    driver.get(c_void_p, "cuGraphAddKernelNode_v2", graph, byref(first), c_size_t(1),
               byref(node(3, 5)))
    runnable = driver.get(c_void_p, "cuGraphInstantiateWithFlags", graph, c_uint64(0))
    expected = 1
    for _ in range(4):
        driver.call("cuGraphLaunch", runnable, stream)
        expected = (expected * 2 + 1) * 3 + 5
    driver.wait(stream)
    same("in order", driver.read(word), expected)
    driver.call("cuGraphExecKernelNodeSetParams_v2", runnable, first, byref(node(7, 2)))
    driver.call("cuGraphLaunch", runnable, stream)
    driver.wait(stream)
    same("after a change", driver.read(word), (expected * 7 + 2) * 3 + 5)


@program(timeout=220, heavy=True)
def compiled():
    def f(x):
        y = torch.nn.functional.softmax(x @ x, dim=1)
        return (y * x.sin()).cumsum(0) + y.std()

    x = _input()
    close("torch.compile", torch.compile(f)(x.float().cuda()), f(x), 1e-4)


@program(timeout=220, heavy=True)
def compiled_reduce_overhead():
    nn = torch.nn
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.manual_seed(7)
    net = nn.Sequential(nn.Linear(128, 256), nn.GELU(), nn.LayerNorm(256), nn.Linear(256, 16))
    double, net = copy.deepcopy(net).double(), net.cuda()
    fast = torch.compile(net, mode="reduce-overhead")
    with torch.no_grad():
        for seed in range(5):
            x = reference(seed, 32, 128)
            torch.compiler.cudagraph_mark_step_begin()
            close(f"call {seed}", fast(x.float().cuda()), double(x), 1e-4)
    for seed in range(9, 13):
        x = reference(seed, 32, 128)
        # Gradients are outputs of the graph: the next step overwrites them, so none may be kept.
        net.zero_grad(set_to_none=True)
        double.zero_grad(set_to_none=True)
        torch.compiler.cudagraph_mark_step_begin()
        fast(x.float().cuda()).square().mean().backward()
        double(x).square().mean().backward()
        for ours, theirs in zip(net.parameters(), double.parameters()):
            close(f"gradient {seed}", ours.grad, theirs.grad, 1e-4)

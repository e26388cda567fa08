# SPDX-License-Identifier: Apache-2.0
"""Other ways to the device than PyTorch's own: Triton, CuPy, JAX, Numba, CUDA Python, profilers,
collectives."""

import importlib
import os
import tempfile

from . import close, need, program, reference, same, skip, torch


# --- Triton --------------------------------------------------------------------------------------


@program(timeout=150, heavy=True)
def triton_add():
    triton = need("triton")
    from .triton_kernels import add

    x, y = reference(1, 100_003).float(), reference(2, 100_003).float()
    a, b = x.cuda(), y.cuda()
    out = torch.empty_like(a)
    for stream in (torch.cuda.current_stream(), torch.cuda.Stream()):
        out.zero_()
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            add[(triton.cdiv(x.numel(), 1024),)](a, b, out, x.numel(), BLOCK=1024)
        stream.synchronize()
        same("vector addition", out, x + y)


@program(timeout=150, heavy=True)
def triton_matmul():
    need("triton")
    from .triton_kernels import matmul

    a, b = reference(3, 512, 256).half(), reference(4, 256, 384).half()
    c = torch.empty(512, 384, device="cuda")
    matmul[(8, 6)](a.cuda(), b.cuda(), c, 512, 384, 256, BLOCK=64)
    close("matrix product", c, a.double() @ b.double(), 1e-4)


# --- CuPy -------------------------------------------------------------------------------------------


@program(timeout=150, heavy=True)
def cupy_arrays():
    cp, np = need("cupy"), need("numpy")
    x = np.linspace(-3, 3, 1_000_003)
    y = cp.asnumpy(cp.sin(cp.asarray(x)) * cp.exp(-cp.asarray(x) ** 2))
    close("element-wise", y, np.sin(x) * np.exp(-x**2), 1e-12)
    a = np.random.default_rng(5).standard_normal((300, 300))
    d = cp.asarray(a)
    close("product", cp.asnumpy(d @ d), a @ a, 1e-12)
    close("solve", cp.asnumpy(cp.linalg.solve(d, d[:, 0])), np.linalg.solve(a, a[:, 0]), 1e-8)
    same("sort", cp.asnumpy(cp.sort(d.ravel())).tolist() == np.sort(a.ravel()).tolist(), True)
    close("sum", float(d.sum()), float(a.sum()), 1e-10)


RAW = r"""
extern "C" __global__ void collatz(const unsigned *x, unsigned *steps, int n)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n)
        return;
    unsigned long long v = x[i];
    unsigned s = 0;
    for (; v > 1; s++)
        v = v & 1 ? 3 * v + 1 : v / 2;
    steps[i] = s;
}
"""


def _collatz(v):
    steps = 0
    while v > 1:
        v = 3 * v + 1 if v & 1 else v // 2
        steps += 1
    return steps


@program(timeout=150, heavy=True)
def cupy_raw_kernel():
    cp, np = need("cupy"), need("numpy")
    kernel = cp.RawKernel(RAW, "collatz")
    x = cp.arange(1, 20_001, dtype=cp.uint32)
    steps = cp.zeros_like(x)
    kernel((79,), (256,), (x, steps, np.int32(x.size)))
    same("steps", cp.asnumpy(steps).tolist(), [_collatz(v) for v in range(1, 20_001)])


@program(timeout=150, heavy=True)
def cupy_streams():
    cp, np = need("cupy"), need("numpy")
    x = np.random.default_rng(6).standard_normal((400, 400))
    expected = np.tanh(x @ x)
    for stream in (cp.cuda.Stream(), cp.cuda.Stream(non_blocking=True), cp.cuda.Stream.ptds,
                   cp.cuda.Stream.null):
        with stream:
            d = cp.asarray(x)
            y = cp.tanh(d @ d)
            event = stream.record()
        event.synchronize()
        close("stream", cp.asnumpy(y), expected, 1e-12)
    stream = cp.cuda.Stream(non_blocking=True)
    with stream:
        d = cp.zeros(1000)
        d += 1  # compiled before the capture
        stream.synchronize()
        stream.begin_capture()
        d += 1
        graph = stream.end_capture()
        for _ in range(7):
            graph.launch(stream)
        stream.synchronize()
    same("graph", float(d[0]), 8.0)


# --- JAX, Numba, CUDA Python ------------------------------------------------------------------------

JAX = {"XLA_PYTHON_CLIENT_PREALLOCATE": "false", "TF_CPP_MIN_LOG_LEVEL": "2"}


@program(timeout=200, heavy=True, env=JAX)
def jax_matmul():
    jax, np = need("jax"), need("numpy")
    if jax.default_backend() != "gpu":
        skip("JAX found no GPU")
    a = np.random.default_rng(7).standard_normal((512, 512)).astype(np.float32)
    jax.config.update("jax_default_matmul_precision", "highest")
    f = jax.jit(lambda x: jax.numpy.tanh(x @ x / 16).sum(axis=0))
    expected = np.tanh(a.astype(np.float64) @ a / 16).sum(axis=0)
    for _ in range(3):
        close("jit", np.asarray(f(a)), expected, 1e-4)


@program(timeout=200, heavy=True, env=JAX)
def jax_training():
    jax, np = need("jax"), need("numpy")
    if jax.default_backend() != "gpu":
        skip("JAX found no GPU")
    jnp = jax.numpy
    rng = np.random.default_rng(8)
    x = rng.standard_normal((256, 16)).astype(np.float32)
    w = rng.standard_normal((16,)).astype(np.float32)
    y = x @ w

    @jax.jit
    def step(v, _):
        gradient = jax.grad(lambda u: jnp.mean((x @ u - y) ** 2))(v)
        return v - 0.1 * gradient, None

    v, _ = jax.lax.scan(step, jnp.zeros(16), None, length=200)
    close("weights", np.asarray(v), w, 1e-2)


@program(timeout=150, heavy=True)
def numba_kernel():
    np = need("numpy")
    numba = need("numba")
    try:
        # NumPy 2.5 has dropped what Numba still names.
        np.row_stack = getattr(np, "row_stack", np.vstack)
        # On the host: a Numba that does not know this NumPy fails here already, in one of many ways.
        numba.njit(lambda a: a * 2.0)(np.ones(3))
        cuda = importlib.import_module("numba.cuda")
    except Exception as error:
        skip(f"numba {numba.__version__} beside NumPy {np.__version__}: {error}")

    @cuda.jit
    def scale(x, factor):
        i = cuda.grid(1)
        if i < x.size:
            x[i] *= factor

    x = np.arange(10_000, dtype=np.float64)
    stream = cuda.stream()
    d = cuda.to_device(x, stream=stream)
    for _ in range(5):
        scale[40, 256, stream](d, 2.0)
    y = d.copy_to_host(stream=stream)
    stream.synchronize()
    same("scaled", (y == x * 32).all().item(), True)


@program
def cuda_python():
    """The bindings look every function up by cuGetProcAddress."""
    cuda = need("cuda.bindings.driver")
    np = need("numpy")

    def check(outcome):
        if outcome[0] != cuda.CUresult.CUDA_SUCCESS:
            raise AssertionError(outcome[0])
        return outcome[1] if len(outcome) == 2 else outcome[1:]

    check(cuda.cuInit(0))
    device = check(cuda.cuDeviceGet(0))
    check(cuda.cuCtxSetCurrent(check(cuda.cuDevicePrimaryCtxRetain(device))))
    stream = check(cuda.cuStreamCreateWithPriority(1, -1))
    print("priority", check(cuda.cuStreamGetPriority(stream)))
    x = np.arange(1000, dtype=np.uint32)
    y = np.zeros_like(x)
    address = check(cuda.cuMemAlloc(x.nbytes))
    check(cuda.cuMemcpyHtoDAsync(address, x.ctypes.data, x.nbytes, stream))
    check(cuda.cuMemsetD32Async(address, 7, 10, stream))
    check(cuda.cuMemcpyDtoHAsync(y.ctypes.data, address, x.nbytes, stream))
    check(cuda.cuStreamSynchronize(stream))
    same("copied", y.tolist(), [7] * 10 + list(range(10, 1000)))
    print(cuda.cuStreamQuery(cuda.CUstream(stream))[0].name)


# --- tools and collectives --------------------------------------------------------------------------


@program(timeout=150)
def profiler():
    from torch.profiler import ProfilerActivity, profile

    x = reference(9, 1024, 1024).float().cuda()
    expected = (x @ x).cpu()
    stream = torch.cuda.Stream(priority=-1)
    with profile(activities=[ProfilerActivity.CPU, ProfilerActivity.CUDA]) as seen:
        for _ in range(10):
            y = x @ x
        with torch.cuda.stream(stream):
            x.sin()
        torch.cuda.synchronize()
    close("profiled", y, expected, 1e-5)
    kernels = [event for event in seen.events() if event.device_type.name == "CUDA"]
    same("kernels were seen", len(kernels) >= 11, True)
    same("they took time", sum(k.device_time for k in kernels) > 0, True)


def _all_reduce(rank, world, place):
    import torch.distributed as dist

    torch.cuda.set_device(rank)
    dist.init_process_group("nccl", init_method=f"file://{place}", rank=rank, world_size=world,
                            device_id=torch.device("cuda", rank))
    for dtype in (torch.float32, torch.bfloat16, torch.int64):
        t = torch.arange(1000, device="cuda").remainder(40).to(dtype) * (rank + 1)
        dist.all_reduce(t)
        total = world * (world + 1) // 2
        same(f"rank {rank}: {dtype}", t, (torch.arange(1000) % 40 * total).to(dtype))
    parts = [torch.zeros(10, device="cuda") for _ in range(world)]
    dist.all_gather(parts, torch.full((10,), float(rank), device="cuda"))
    same(f"rank {rank}: gathered", [p[0].item() for p in parts], [float(r) for r in range(world)])
    net = torch.nn.parallel.DistributedDataParallel(torch.nn.Linear(8, 8).cuda(), [rank])
    net(torch.ones(4, 8, device="cuda")).sum().backward()
    same(f"rank {rank}: gradient", net.module.bias.grad, torch.full((8,), 4.0))
    torch.cuda.synchronize()
    dist.destroy_process_group()


def _collective(world):
    os.environ.setdefault("NCCL_SOCKET_IFNAME", "lo")
    os.environ.setdefault("NCCL_NVLS_ENABLE", "0")
    with tempfile.TemporaryDirectory() as folder:
        place = os.path.join(folder, "meet")
        if world == 1:
            _all_reduce(0, 1, place)
        else:
            torch.multiprocessing.spawn(_all_reduce, (world, place), nprocs=world)


@program(timeout=150)
def nccl_one_rank():
    _collective(1)


@program(timeout=150)
def nccl_two_ranks():
    if torch.cuda.device_count() < 2:
        skip("one GPU")
    _collective(2)

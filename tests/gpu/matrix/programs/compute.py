# SPDX-License-Identifier: Apache-2.0
"""What a kernel library computes, against double precision on the CPU."""

from . import close, exact, need, program, reference, same, torch


def _cuda(tensor, dtype=None):
    return tensor.to(device="cuda", dtype=dtype or torch.float32)


@program
def elementwise():
    x = reference(1, 1 << 20)

    def f(x):
        return (x.sin() * 2 + x.exp().clamp(max=10) - x.abs().sqrt()) / (1 + x * x)

    y = f(_cuda(x))
    close("float", y, f(x.float().double()), 1e-5)
    exact("float", y)
    close("half", f(_cuda(x, torch.float16)), f(x), 2e-2)
    same("integers", (torch.arange(1 << 20, device="cuda") * 3 % 7).sum(),
         (torch.arange(1 << 20) * 3 % 7).sum())
    same("select", torch.where(_cuda(x) > 0, 1, -1), torch.where(x.float() > 0, 1, -1))


@program
def reductions():
    x = reference(2, 512, 4096)
    d = _cuda(x)
    for name in ("sum", "mean", "std", "amax", "logsumexp", "softmax", "cumsum"):
        close(name, getattr(d, name)(1), getattr(x, name)(1), 1e-4)
    same("argmax", d.argmax(1), x.float().argmax(1))
    same("sort", d.sort(1).values, x.float().sort(1).values)
    same("topk", d.topk(17, 1).values, x.float().topk(17, 1).values)
    same("nonzero", (d > 3).nonzero(), (x.float() > 3).nonzero())
    same("unique", torch.unique((d * 4).long()), torch.unique((x.float() * 4).long()))
    exact("sum of all", d.sum())


@program
def matmul_fp32():
    torch.backends.cuda.matmul.allow_tf32 = False
    a, b = reference(3, 1000, 700), reference(4, 700, 900)
    c = _cuda(a) @ _cuda(b)
    close("matrix product", c, a @ b, 1e-5)
    exact("matrix product", c)
    a, b = reference(5, 16, 128, 96), reference(6, 16, 96, 64)
    close("batched", torch.bmm(_cuda(a), _cuda(b)), a @ b, 1e-5)
    close("double", torch.bmm(a.cuda(), b.cuda()), a @ b, 1e-13)
    close("einsum", torch.einsum("bij,bjk->ik", _cuda(a), _cuda(b)), (a @ b).sum(0), 1e-5)


@program
def matmul_bf16():
    a, b = reference(7, 2048, 1024), reference(8, 1024, 2048)
    for dtype, tolerance in ((torch.bfloat16, 1e-2), (torch.float16, 2e-3)):
        a1, b1 = a.to(dtype), b.to(dtype)
        c = a1.cuda() @ b1.cuda()
        close(str(dtype), c, a1.double() @ b1.double(), tolerance)
        exact(str(dtype), c)
    i = torch.arange(64 * 64).reshape(64, 64).remainder(11).to(torch.int8)
    same("int8", torch._int_mm(i.cuda(), i.cuda()), (i.long() @ i.long()).int())


@program
def matmul_fp8():
    a, b = reference(9, 256, 512), reference(10, 128, 512)
    a8, b8 = a.float().to(torch.float8_e4m3fn), b.float().to(torch.float8_e4m3fn)
    scale_a = torch.tensor(0.5, device="cuda")
    scale_b = torch.tensor(2.0, device="cuda")
    c = torch._scaled_mm(a8.cuda(), b8.cuda().t(), scale_a=scale_a, scale_b=scale_b,
                         out_dtype=torch.bfloat16)
    close("fp8", c, a8.double() @ b8.double().t(), 1e-2)
    exact("fp8", c)


@program
def convolution():
    torch.backends.cudnn.allow_tf32 = False
    x, w = reference(11, 8, 16, 40, 40), reference(12, 32, 16, 3, 3)
    f = torch.nn.functional.conv2d
    d, v = _cuda(x).requires_grad_(), _cuda(w).requires_grad_()
    y = f(d, v, padding=1, stride=2)
    xr, wr = x.clone().requires_grad_(), w.clone().requires_grad_()
    yr = f(xr, wr, padding=1, stride=2)
    close("forward", y, yr, 1e-5)
    y.square().sum().backward()
    yr.square().sum().backward()
    close("gradient of the input", d.grad, xr.grad, 1e-4)
    close("gradient of the weights", v.grad, wr.grad, 1e-4)
    close("transposed", torch.nn.functional.conv_transpose2d(y.detach(), v.detach()),
          torch.nn.functional.conv_transpose2d(yr.detach(), w), 1e-4)
    last = torch.channels_last
    half = f(_cuda(x, torch.float16).to(memory_format=last), _cuda(w, torch.float16), padding=1)
    close("half, channels last", half, f(x, w, padding=1), 5e-3)


@program
def resnet50():
    models = need("torchvision").models
    torch.backends.cudnn.allow_tf32 = False
    torch.manual_seed(13)
    model = models.resnet50(weights=None).eval()
    x = reference(14, 2, 3, 224, 224)
    with torch.inference_mode():
        expected = model.double()(x)
        got = model.float().cuda()(_cuda(x))
    close("ResNet-50", got, expected, 1e-3)


@program
def lstm():
    torch.manual_seed(15)
    torch.backends.cudnn.allow_tf32 = False
    net = torch.nn.LSTM(48, 96, num_layers=2, bidirectional=True).double()
    x = reference(16, 30, 8, 48)
    expected, (h, _) = net(x)
    net = net.float().cuda()
    y, (hidden, _) = net(_cuda(x))
    close("LSTM", y, expected, 1e-4)
    close("its state", hidden, h, 1e-4)
    y.sum().backward()
    same("gradients are finite", all(p.grad.isfinite().all().item() for p in net.parameters()), True)
    gru = torch.nn.GRU(48, 32).double()
    expected = gru(x)[0]
    close("GRU", gru.float().cuda()(_cuda(x))[0], expected, 1e-4)


@program
def attention():
    from torch.nn.attention import SDPBackend, sdpa_kernel

    q, k, v = (reference(seed, 2, 8, 256, 64) for seed in (17, 18, 19))
    f = torch.nn.functional.scaled_dot_product_attention
    half = [_cuda(t, torch.float16) for t in (q, k, v)]
    for causal in (False, True):
        expected = f(q, k, v, is_causal=causal)
        for backend in ("MATH", "FLASH_ATTENTION", "EFFICIENT_ATTENTION", "CUDNN_ATTENTION"):
            with sdpa_kernel(getattr(SDPBackend, backend)):
                try:
                    got = f(*half, is_causal=causal)
                except RuntimeError as error:
                    print(f"{backend}: {str(error).splitlines()[0]}")
                    continue
            close(f"{backend}, causal={causal}", got, expected, 5e-3)


@program
def bert():
    transformers = need("transformers")
    torch.manual_seed(20)
    torch.backends.cuda.matmul.allow_tf32 = False
    model = transformers.BertModel(transformers.BertConfig(num_hidden_layers=6)).eval()
    ids = torch.randint(0, 30000, (2, 128))
    mask = torch.ones(2, 128, dtype=torch.long)
    mask[1, 90:] = 0
    with torch.inference_mode():
        expected = model.double()(ids, attention_mask=mask).pooler_output
        model = model.float().cuda()
        close("BERT", model(ids.cuda(), attention_mask=mask.cuda()).pooler_output, expected, 1e-4)
        half = model.half()(ids.cuda(), attention_mask=mask.cuda()).pooler_output
    close("BERT in half precision", half, expected, 2e-2)


@program
def fft():
    x = reference(21, 16, 240, 256)
    close("2D", torch.view_as_real(torch.fft.rfft2(_cuda(x))),
          torch.view_as_real(torch.fft.rfft2(x)), 1e-5)
    close("there and back", torch.fft.irfft(torch.fft.rfft(_cuda(x))), x, 1e-5)
    close("prime length", torch.view_as_real(torch.fft.fft(_cuda(x[0, :, :241]))),
          torch.view_as_real(torch.fft.fft(x[0, :, :241])), 1e-5)


@program
def sparse():
    dense = reference(22, 300, 400)
    dense[dense.abs() < 1.5] = 0
    b = reference(23, 400, 64)
    close("CSR times dense", _cuda(dense).to_sparse_csr() @ _cuda(b), dense @ b, 1e-5)
    close("COO times dense", torch.sparse.mm(_cuda(dense).to_sparse(), _cuda(b)), dense @ b, 1e-5)
    product = _cuda(dense).to_sparse_csr() @ _cuda(dense.t().contiguous()).to_sparse_csr()
    close("sparse times sparse", product.to_dense(), dense @ dense.t(), 1e-5)


@program
def linalg():
    a = reference(24, 200, 200)
    spd = a @ a.t() + 200 * torch.eye(200, dtype=torch.float64)
    b = reference(25, 200, 3)
    d = spd.cuda()
    close("solve", torch.linalg.solve(d, b.cuda()), torch.linalg.solve(spd, b), 1e-9)
    close("Cholesky", torch.linalg.cholesky(d), torch.linalg.cholesky(spd), 1e-9)
    close("eigenvalues", torch.linalg.eigvalsh(d), torch.linalg.eigvalsh(spd), 1e-9)
    close("singular values", torch.linalg.svdvals(a.cuda()), torch.linalg.svdvals(a), 1e-9)
    q, r = torch.linalg.qr(a.cuda())
    close("QR", q @ r, a, 1e-9)
    close("inverses", torch.linalg.inv(d.float().repeat(8, 1, 1))[3], torch.linalg.inv(spd), 1e-3)


@program
def random_numbers():
    torch.manual_seed(26)
    exact("normal", torch.randn(100_000, device="cuda"))
    exact("uniform", torch.rand(100_000, device="cuda"))
    exact("permutation", torch.randperm(10_000, device="cuda"))
    exact("multinomial", torch.multinomial(torch.rand(100, device="cuda"), 1000, True))
    exact("dropout", torch.nn.functional.dropout(torch.ones(100_000, device="cuda"), 0.3))
    generator = torch.Generator("cuda").manual_seed(27)
    exact("own generator", torch.randn(1000, device="cuda", generator=generator))


@program
def indexing():
    table, index = reference(28, 1000, 64), torch.arange(5000) * 7 % 1000
    d, i = _cuda(table), index.cuda()
    same("gather", d[i], table.float()[index])
    close("embedding", torch.nn.functional.embedding_bag(i.view(-1, 10), d, mode="sum"),
          torch.nn.functional.embedding_bag(index.view(-1, 10), table, mode="sum"), 1e-5)
    close("index_add", torch.zeros_like(d).index_add_(0, i, d[i]),
          torch.zeros_like(table).index_add_(0, index, table[index]), 1e-5)
    same("masked", d[d > 1], table.float()[table.float() > 1])


@program
def run_time_compiled():
    """A kernel that PyTorch compiles by NVRTC and launches through the driver API."""
    f = torch.cuda.jiterator._create_jit_fn(
        "template <typename T> T f(T x, T y, T a) { return a * x * x + y; }", a=1.0)
    x, y = reference(29, 100_000), reference(30, 100_000)
    close("NVRTC", f(_cuda(x), _cuda(y), a=3.0), 3 * x * x + y, 1e-5)
    z = torch.special.bessel_j0(_cuda(x))
    close("Bessel function", z, torch.special.bessel_j0(x), 1e-5)

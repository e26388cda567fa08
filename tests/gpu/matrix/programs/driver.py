# SPDX-License-Identifier: Apache-2.0
"""The CUDA driver API by ctypes, and a module with small kernels, for programs without PyTorch."""

import ctypes
from ctypes import byref, c_int, c_size_t, c_uint, c_uint64, c_void_p

NON_BLOCKING = 1
LEGACY, PER_THREAD = c_void_p(1), c_void_p(2)

# affine: *p = *p * factor + term, so that the result tells in which order kernels ran.
# spin_ns: takes so many nanoseconds. poke: writes to an address.
PTX = b"""
.version 7.0
.target sm_75
.address_size 64
.visible .entry affine(.param .u64 p, .param .u64 factor, .param .u64 term)
{
    .reg .u64 %p, %g, %f, %t, %v;
    ld.param.u64 %p, [p];
    ld.param.u64 %f, [factor];
    ld.param.u64 %t, [term];
    cvta.to.global.u64 %g, %p;
    ld.global.u64 %v, [%g];
    mad.lo.u64 %v, %v, %f, %t;
    st.global.u64 [%g], %v;
    ret;
}
.visible .entry spin_ns(.param .u64 ns)
{
    .reg .pred %more;
    .reg .u64 %end, %now, %ns;
    ld.param.u64 %ns, [ns];
    mov.u64 %now, %globaltimer;
    add.u64 %end, %now, %ns;
again:
    mov.u64 %now, %globaltimer;
    setp.lt.u64 %more, %now, %end;
    @%more bra again;
    ret;
}
.visible .entry poke(.param .u64 p, .param .u64 value)
{
    .reg .u64 %p, %v;
    ld.param.u64 %p, [p];
    ld.param.u64 %v, [value];
    st.global.u64 [%p], %v;
    ret;
}
"""


class DriverError(RuntimeError):
    """A call that failed; ``code`` is the CUresult."""

    def __init__(self, function, code):
        super().__init__(f"{function}: {code}")
        self.code = code


class Driver:
    """``call`` raises, ``ask`` returns the CUresult. Integers are passed as C int."""

    def __init__(self):
        self.library = ctypes.CDLL("libcuda.so.1")

    def ask(self, function, *arguments):
        return self.library[function](*arguments)

    def call(self, function, *arguments):
        code = self.ask(function, *arguments)
        if code != 0:
            raise DriverError(function, code)

    def get(self, kind, function, *arguments):
        """For functions whose first parameter takes the result."""
        value = kind()
        self.call(function, byref(value), *arguments)
        return value

    # --- contexts, modules, memory

    def start(self):
        """Makes the primary context of device 0 current and loads the kernels."""
        self.call("cuInit", 0)
        self.device = self.get(c_int, "cuDeviceGet", 0)
        self.context = self.get(c_void_p, "cuDevicePrimaryCtxRetain", self.device)
        self.call("cuCtxSetCurrent", self.context)
        self.kernels = self.load()
        return self

    def load(self):
        module = self.get(c_void_p, "cuModuleLoadData", PTX)
        return {name: self.get(c_void_p, "cuModuleGetFunction", module, name.encode())
                for name in ("affine", "spin_ns", "poke")}

    def memory(self, *values):
        """Device memory with these 64-bit words."""
        address = self.get(c_uint64, "cuMemAlloc_v2", c_size_t(8 * len(values)))
        words = (c_uint64 * len(values))(*values)
        self.call("cuMemcpyHtoD_v2", address, words, c_size_t(8 * len(values)))
        return address

    def read(self, address, count=1):
        words = (c_uint64 * count)()
        self.call("cuMemcpyDtoH_v2", words, address, c_size_t(8 * count))
        return words[0] if count == 1 else list(words)

    # --- streams and launches

    def stream(self, flags=NON_BLOCKING):
        return self.get(c_void_p, "cuStreamCreate", c_uint(flags))

    def wait(self, stream=None):
        self.call("cuStreamSynchronize", stream)

    def launch(self, name, stream, *words, kernels=None, suffix="", blocks=1):
        values = [c_uint64(word) for word in words]
        parameters = (c_void_p * len(values))(*(ctypes.addressof(value) for value in values))
        self.call("cuLaunchKernel" + suffix, (kernels or self.kernels)[name],
                  *map(c_uint, (blocks, 1, 1, 1, 1, 1, 0)), stream, parameters, None)

    def affine(self, stream, address, factor, term, **options):
        self.launch("affine", stream, address.value, factor, term, **options)

    def spin(self, stream, us, **options):
        self.launch("spin_ns", stream, us * 1000, **options)

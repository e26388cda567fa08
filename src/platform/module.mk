# The platforms: each lists its sources and names its products.
include src/platform/common/module.mk
include src/platform/cuda/module.mk
include src/platform/hip/module.mk
include src/platform/sim/module.mk

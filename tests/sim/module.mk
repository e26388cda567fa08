# The software device as a program sees it, through its driver library.
$(call test-programs,sim,sim/libcuda.so.1,,-lcmocka)

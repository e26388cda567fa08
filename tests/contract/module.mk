# One program per public function, written as a user of XSched would, on the software device.
$(call test-programs,contract,lib/libpreempt.so lib/libhalcuda.so sim/libcuda.so.1,tests/contract/contract.c)

# The libraries. Those that enter applications depend on libc alone and find each other through
# $ORIGIN. Each exports what its version script or export list says and nothing else.

core.src := $(base.src) $(wire.src) $(policy.src) $(sched.src) $(preempt.src)
libs:

# Everything of the core as an archive, for the unit tests, the daemon and the CLI.
$(O)/obj/core.a: $(call objects,$(core.src))
	@rm -f $@
	$(Q)ar rcs $@ $^
libs: $(O)/obj/core.a

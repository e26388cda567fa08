# One program per file: tests/unit/NAME.c becomes $(O)/tests/unit/NAME, linked with the core.

unit.tests := $(patsubst tests/unit/%.c,$(O)/tests/unit/%,$(wildcard tests/unit/*.c))

$(O)/tests/unit/%: $(O)/obj/tests/unit/%.o $(O)/obj/core.a
	@mkdir -p $(@D)
	$(if $(Q),@echo "  LD    $@")
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $^ -lcmocka

check: libs $(unit.tests)
	$(Q)tests/run $(unit.tests)

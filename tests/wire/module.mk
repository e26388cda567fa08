# Messages, connections and pages by themselves.
$(call test-programs,wire,obj/core.a,,-lcmocka)

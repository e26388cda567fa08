preempt.src :=

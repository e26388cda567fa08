sched.src :=

policy.src :=

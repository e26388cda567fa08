common.src :=

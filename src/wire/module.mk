wire.src :=

sim.src :=
simcuda.src :=

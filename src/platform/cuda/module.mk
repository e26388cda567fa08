halcuda.src :=
shimcuda.src :=

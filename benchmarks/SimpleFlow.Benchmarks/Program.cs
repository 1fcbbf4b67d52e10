return SimpleFlow.Benchmarks.Runner.Run(args, peer: null);

return SimpleFlow.Benchmarks.Runner.Run(args, new SimpleFlow.Peers.TorchPeer());

return args is ["agree", .. var rest] ? SimpleFlow.Peers.Agreement.Run(rest) : args is ["sums", .. var others]
    ? SimpleFlow.Peers.LongSums.Run(others) : SimpleFlow.Benchmarks.Runner.Run(args, new SimpleFlow.Peers.TorchPeer());

return args is ["agree", .. var rest] ? SimpleFlow.Peers.Agreement.Run(rest) : SimpleFlow.Benchmarks.Runner.Run(args, new SimpleFlow.Peers.TorchPeer());

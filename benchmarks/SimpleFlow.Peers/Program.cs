return args switch
{
    ["agree", .. var rest] => SimpleFlow.Peers.Agreement.Run(rest),
    ["sums", .. var rest] => SimpleFlow.Peers.LongSums.Run(rest),
    ["onnx", .. var rest] => SimpleFlow.Peers.OnnxComparison.Run(rest),
    ["onnx-forms"] => SimpleFlow.Peers.OnnxForms.Run(),
    _ => SimpleFlow.Benchmarks.Runner.Run(args, new SimpleFlow.Peers.TorchPeer()),
};

namespace SimpleFlow.Onnx.Operators;

/// <summary>Images made of patches that overlap and are added up, and images cut or extended about their centre.</summary>
internal static class Patches
{
    public static IEnumerable<Operator> All =>
        [
        new("Col2Im", Joined)
        {
            AtKnownSizes = Operator.Always,
            Settings = [1, 2],
            OpenShapes = node => node.Input(1).Static is not { } sizes ? node.Graph.DeclaredShapes(node)
                : [Shape.Create([node.Input(0).Shape[0], .. Enumerable.Repeat((long?)null, 1 + sizes.Count)])],
        },
        new("CenterCropPad", Centred)
        {
            AtKnownSizes = Operator.Always,
            Settings = [1],
            OpenShapes = node => [Shape.Create([.. node.Input(0).Shape.Select(_ => (long?)null)])],
        },
        ];

    // [n, channels · block, patches] → [n, channels, …]: each element of a patch is added where it belongs.
    private static OnnxValue[] Joined(OnnxNode node)
    {
        var x = node.Float(0);
        int[] image = [.. node.Longs(1).Select(size => (int)size)], block = [.. node.Longs(2).Select(size => (int)size)];
        var windows = Windows.Of(node, block, x.Shape);
        int[] padded = [.. image.Select((size, i) => size + windows.Before[i] + windows.After[i])];
        int[] results = [.. Enumerable.Range(0, block.Length).Select(i => windows.Places(i, image[i], ceil: false))];
        var (count, size, patches) = (Indexing.Count(padded), Indexing.Count(block), Indexing.Count(results));
        Effort.Require((long)size * patches);
        if (x.Shape.Rank != 3 || x.Shape[1] % size != 0 || x.Shape[2] != patches)
            throw node.Fault($"{x.Shape} is not [n, channels · {size}, {patches}], as the sizes of image and block say.");
        var (batch, channels) = (x.Shape[0]!.Value, x.Shape[1]!.Value / size);
        var (inBlock, inResult, strides) = (Indexing.Strides(block), Indexing.Strides(results), Indexing.Strides(padded));
        var places = new double[size * patches];
        for (var at = 0; at < places.Length; at++)
        {
            for (var i = 0; i < block.Length; i++)
            {
                var along = at / patches / inBlock[i] % block[i] * windows.Dilations[i]
                    + at % patches / inResult[i] % results[i] * windows.Strides[i];
                places[at] += along * (double)strides[i];
            }
        }
        var rows = x.Reshape([batch * channels, places.Length]).Transpose();
        var y = Flow.AddFlow(((Node)0f).Broadcast([count, batch * channels]),
            new ScatterRows(Constant.Of(places, [places.Length], ElementType.Int32), rows, "add")).Transpose()
            .Reshape(Shape.Create([batch, channels, .. padded.Select(one => (long?)one)]));
        for (var i = 0; i < image.Length; i++) y = y.Slice(2 + i, windows.Before[i], windows.Before[i] + image[i]);
        return node.Result(y);
    }

    private static OnnxValue[] Centred(OnnxNode node)
    {
        var (x, wanted) = (node.Float(0), node.Longs(1));
        var axes = node.LongsOf("axes") is { } some ? Array.ConvertAll(some, axis => node.Axis(axis, x.Shape.Rank))
            : [.. Enumerable.Range(0, wanted.Length)];
        for (var i = 0; i < axes.Length; i++)
        {
            var size = x.Shape[axes[i]]!.Value;
            var (less, more) = (Math.Max(0, size - wanted[i]), Math.Max(0, wanted[i] - size));
            x = less > 0 ? x.Slice(axes[i], less / 2, less / 2 + wanted[i]) : x.Pad(axes[i], more / 2, more - more / 2);
        }
        return node.Result(x);
    }
}

namespace SimpleFlow.Onnx.Operators;

/// <summary>Elements that numbers choose, as many as there are: the numbers must be known when the file is read.</summary>
internal static class Chosen
{
    public static IEnumerable<Operator> All =>
        [
        new("NonZero", node =>
        {
            var (numbers, sizes) = (node.Numbers(0), node.Input(0).Shape.Select(size => (int)size!.Value).ToArray());
            int[] places = [.. Enumerable.Range(0, numbers.Length).Where(i => numbers[i] != 0)];
            var strides = Indexing.Strides(sizes);
            double[] indices = [.. sizes.SelectMany((size, axis) => places.Select(place => (double)(place / strides[axis] % size)))];
            return [OnnxValue.Of(new StaticTensor([sizes.Length, places.Length], indices), DataType.Int64)];
        })
        { AtKnownSizes = Operator.Always, Settings = [0], Differs = "only of numbers that are known when the file is read" },
        new("Compress", node =>
        {
            int[] places = [.. node.Numbers(1).Index().Where(one => one.Item != 0).Select(one => one.Index)];
            var x = node.Input(0).Node;
            return node.Result(node.HasAttribute("axis") ? Reversal.At(x, node.Axis(node.Int("axis", 0), x.Shape.Rank), places)
                : Reversal.At(x.Reshape([x.Shape.ElementCount]), 0, places));
        })
        { AtKnownSizes = Operator.Always, Settings = [1], Differs = "only for a condition that is known when the file is read" },
        new("Unique", Unique)
        {
            AtKnownSizes = Operator.Always,
            Settings = [0],
            Differs = "only of numbers that are known when the file is read",
        },
        ];

    // The slices along an axis, or the elements, without repetition: sorted, or in the order of their first appearance.
    private static OnnxValue[] Unique(OnnxNode node)
    {
        var (numbers, sizes) = (node.Numbers(0), node.Input(0).Shape.Select(size => (int)size!.Value).ToArray());
        var isFlat = !node.HasAttribute("axis");
        if (isFlat) sizes = [numbers.Length];
        var axis = isFlat ? 0 : node.Axis(node.Int("axis", 0), sizes.Length);
        var inner = Indexing.Count(sizes[(axis + 1)..]);
        var outer = Indexing.Count(sizes[..axis]);
        var slices = Enumerable.Range(0, sizes[axis]).Select(i => Enumerable.Range(0, outer * inner)
            .Select(j => numbers[(j / inner * sizes[axis] + i) * inner + j % inner]).ToArray()).ToList();
        var groups = slices.Index().GroupBy(one => string.Join(' ', one.Item), StringComparer.Ordinal)
            .Select(group => (Slice: group.First().Item, First: group.First().Index, Members: group.Select(one => one.Index).ToArray()));
        var unique = (node.Flag("sorted", true)
            ? groups.OrderBy(group => group.Slice, Comparer<double[]>.Create(Compare)) : groups.OrderBy(group => group.First)).ToList();
        var y = new double[outer * unique.Count * inner];
        for (var i = 0; i < unique.Count; i++)
            for (var j = 0; j < outer * inner; j++) y[(j / inner * unique.Count + i) * inner + j % inner] = unique[i].Slice[j];
        int[] shape = [.. sizes];
        shape[axis] = unique.Count;
        var inverse = new double[sizes[axis]];
        for (var i = 0; i < unique.Count; i++)
            foreach (var member in unique[i].Members) inverse[member] = i;
        return
            [
            OnnxValue.Of(new StaticTensor(shape, y), node.Type(0)),
            Whole(unique.Select(group => (double)group.First)),
            Whole(inverse),
            Whole(unique.Select(group => (double)group.Members.Length)),
            ];
    }

    private static OnnxValue Whole(IEnumerable<double> numbers) => numbers.ToArray() is var all
        ? OnnxValue.Of(new StaticTensor([all.Length], all), DataType.Int64) : OnnxValue.Nothing;

    private static int Compare(double[]? left, double[]? right) =>
        left!.Zip(right!, (a, b) => a.CompareTo(b)).FirstOrDefault(order => order != 0);
}

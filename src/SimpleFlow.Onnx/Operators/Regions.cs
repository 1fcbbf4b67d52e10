namespace SimpleFlow.Onnx.Operators;

/// <summary>Parts of feature maps at the same size each, for detectors (He et al., "Mask R-CNN", 2017).</summary>
internal static class Regions
{
    public static IEnumerable<Operator> All =>
        [
        new("RoiAlign", node =>
        {
            var isCentred = node.Opset >= 16 && node.Text("coordinate_transformation_mode", "half_pixel") is "half_pixel";
            var grid = new RegionGrid((int)node.Int("output_height", 1), (int)node.Int("output_width", 1),
                (int)node.Int("sampling_ratio", 0), node.Float("spatial_scale", 1), isCentred, node.Text("mode", "avg") is "max");
            if (grid.Rows < 1 || grid.Columns < 1) throw node.Fault("a region needs at least a row and a column.");
            var x = node.Float(0);
            return node.Result(Flow.AddFlow(x, new AlignedRegions(node.Float(1), node.Float(2), x.StopGradient(), grid)));
        }),
        ];
}

/// <summary>How a region is sampled.</summary>
/// <param name="Rows">How many rows each region becomes.</param>
/// <param name="Columns">How many columns.</param>
/// <param name="Samples">How many samples a cell takes along each axis; 0: about one for each pixel.</param>
/// <param name="Scale">What the regions are multiplied by to be in pixels of the map.</param>
/// <param name="IsCentred">Whether the centre of the first pixel is at a half.</param>
/// <param name="IsMaximum">Whether a cell is its largest sample instead of their mean.</param>
internal sealed record RegionGrid(int Rows, int Columns, int Samples, float Scale, bool IsCentred, bool IsMaximum)
{
    /// <summary>Calls back with the pixel, and its weight, of each term of each cell: four of a bilinear sample, all samples.</summary>
    /// <param name="regions">The corners of the regions, x₁ y₁ x₂ y₂ each.</param>
    /// <param name="region">Which region.</param>
    /// <param name="height">The height of the map.</param>
    /// <param name="width">Its width.</param>
    /// <param name="term">Gets the cell, the pixel and the weight.</param>
    public void Visit(Span<double> regions, int region, int height, int width, Action<int, int, double> term)
    {
        var shift = IsCentred ? 0.5 : 0;
        var (left, top) = (regions[region * 4] * Scale - shift, regions[region * 4 + 1] * Scale - shift);
        var (across, down) = (regions[region * 4 + 2] * Scale - shift - left, regions[region * 4 + 3] * Scale - shift - top);
        if (!IsCentred) (across, down) = (Math.Max(across, 1), Math.Max(down, 1));
        var (cellWidth, cellHeight) = (across / Columns, down / Rows);
        var rows = Samples > 0 ? Samples : SamplesOf(cellHeight, height);
        var columns = Samples > 0 ? Samples : SamplesOf(cellWidth, width);
        var share = IsMaximum ? 1 : 1.0 / Math.Max(1, rows * columns);
        for (var cell = 0; cell < Rows * Columns; cell++)
        {
            for (var sample = 0; sample < rows * columns; sample++)
            {
                var y = top + (cell / Columns + (sample / columns + 0.5) / rows) * cellHeight;
                var x = left + (cell % Columns + (sample % columns + 0.5) / columns) * cellWidth;
                if (!(y >= -1 && y <= height && x >= -1 && x <= width)) continue;
                var (row, nextRow, lower) = Beside(y, height);
                var (column, nextColumn, right) = Beside(x, width);
                term(cell, row * width + column, share * (1 - lower) * (1 - right));
                term(cell, row * width + nextColumn, share * (1 - lower) * right);
                term(cell, nextRow * width + column, share * lower * (1 - right));
                term(cell, nextRow * width + nextColumn, share * lower * right);
            }
        }
    }

    // No region is larger than a map of which it is a part: one that says so is damaged, and would be sampled without end.
    private static int SamplesOf(double cell, int size) => (int)Math.Clamp(Math.Ceiling(cell), 0, 2.0 * size + 2);

    private static (int First, int Second, double Between) Beside(double at, int size)
    {
        at = Math.Max(at, 0);
        var first = (int)at;
        return first >= size - 1 ? (size - 1, size - 1, 0) : (first, first + 1, at - first);
    }
}

/// <summary>
/// The cells of regions of maps [n, c, height, width], as [regions, c, rows, columns]. Inputs: the maps; the regions; the number of the map
/// of each; and the maps that decide which term is the largest, where a cell is a maximum. So the op is linear in its first input.
/// </summary>
internal sealed record AlignedRegions : CustomOp
{
    public AlignedRegions(Node regions, Node maps, Node chooser, RegionGrid grid) : base(regions, maps, chooser) => Grid = grid;

    public RegionGrid Grid { get; }

    protected override Shape ShapeOf(ReadOnlySpan<Shape> inputs)
    {
        var (maps, regions, numbers) = (inputs[0], inputs[1], inputs[2]);
        if (maps.Rank != 4 || regions.Rank != 2 || numbers.Rank != 1 || (regions[1] ?? 4) != 4
            || (regions[0] is { } count && numbers[0] is { } given && count != given))
            throw new ShapeException("maps [n, channels, height, width], regions [regions, 4] and the map of each, [regions], are needed.",
                "Feed as many numbers of maps as regions.");
        return Shape.Create([regions[0] ?? numbers[0], maps[1], Grid.Rows, Grid.Columns]);
    }

    protected override Node? Gradient(Operation node, Node upstream, int input) => input != 0 ? null
        : Flow.AddFlow(upstream, new SpreadRegions(node.Inputs[1], node.Inputs[2], node.Inputs[3], Grid));

    protected override void Plain(IReadOnlyList<PlainTensor> inputs, PlainTensor result)
    {
        RegionTerms.Visit(inputs[3], inputs[1], inputs[2], Grid, (cell, pixel, weight) =>
            result.Values[cell] += weight * inputs[0].Values[pixel]);
    }
}

/// <summary>The gradient of <see cref="AlignedRegions"/> for the maps: each cell's goes to the pixels that it was made of.</summary>
internal sealed record SpreadRegions : CustomOp
{
    public SpreadRegions(Node regions, Node maps, Node chooser, RegionGrid grid) : base(regions, maps, chooser) => Grid = grid;

    public RegionGrid Grid { get; }

    protected override Shape ShapeOf(ReadOnlySpan<Shape> inputs) => inputs[3];

    protected override Node? Gradient(Operation node, Node upstream, int input) => input != 0 ? null
        : Flow.AddFlow(upstream, new AlignedRegions(node.Inputs[1], node.Inputs[2], node.Inputs[3], Grid));

    protected override void Plain(IReadOnlyList<PlainTensor> inputs, PlainTensor result)
    {
        RegionTerms.Visit(inputs[3], inputs[1], inputs[2], Grid, (cell, pixel, weight) =>
            result.Values[pixel] += weight * inputs[0].Values[cell]);
    }
}

/// <summary>Which elements of the maps each cell of each region is made of.</summary>
internal static class RegionTerms
{
    /// <summary>Calls back with the place of a cell, the place of an element of the maps, and its weight.</summary>
    public static void Visit(PlainTensor maps, PlainTensor regions, PlainTensor numbers, RegionGrid grid, Action<int, int, double> term)
    {
        var (count, channels, height, width) = (maps.Size(0), maps.Size(1), maps.Size(2), maps.Size(3));
        var cells = grid.Rows * grid.Columns;
        for (var region = 0; region < regions.Size(0); region++)
        {
            var map = numbers.Values[region];
            if (!(map >= 0 && map < count)) throw new DataException($"Region {region} is of map {map}; there are {count}.");
            var largest = new (int Pixel, double Weight, double Value)[channels * cells];
            Array.Fill(largest, (-1, 0, double.NegativeInfinity));
            grid.Visit(regions.Values, region, height, width, (cell, pixel, weight) =>
            {
                for (var channel = 0; channel < channels; channel++)
                {
                    var (to, from) = (channel * cells + cell, ((int)map * channels + channel) * height * width + pixel);
                    if (!grid.IsMaximum) term(region * channels * cells + to, from, weight);
                    else if (weight * maps.Values[from] is var value && value > largest[to].Value) largest[to] = (from, weight, value);
                }
            });
            for (var i = 0; i < largest.Length; i++)
                if (largest[i].Pixel >= 0) term(region * channels * cells + i, largest[i].Pixel, largest[i].Weight);
        }
    }
}

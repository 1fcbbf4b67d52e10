using System.Numerics;
using SimpleFlow.Kernels;
using SimpleFlow.Kernels.Convolutions;
using SimpleFlow.Kernels.Pooling;
using SimpleFlow.Kernels.Products;
using SimpleFlow.Kernels.Rows;
using SimpleFlow.Kernels.Tiles;
using SimpleFlow.Tests.Ops;
using static SimpleFlow.Tests.Ops.Input;

namespace SimpleFlow.Tests.Kernels;

/// <summary>A graph that lies on one side of a condition, just so, and the ways that it takes.</summary>
internal sealed record PathSample(Sample Graph, params string[] Takes);

/// <summary>Samples just inside and just outside of every condition on which a kernel takes a way of its own.</summary>
internal static class PathSamples
{
    public static IReadOnlyDictionary<string, PathSample> All { get; } =
        ((PathSample[])[.. Pools(), .. Patches(), .. Shifted(), .. Direct(), .. Lanes(), .. Products(), .. Tiles(), .. Reductions(),
            .. Copies(), .. Rows(), .. Chains()]).ToDictionary(sample => sample.Graph.Name, StringComparer.Ordinal);

    private static string[] Of<TKernel>(params KernelPath[] paths) where TKernel : Kernel =>
        [.. paths.Where(path => PathCounts.IsThere(typeof(TKernel), path)).Select(path => PathCounts.Name(typeof(TKernel), path))];

    private static PathSample One(string name, Shape x, Func<Node, Node> build, params string[] takes) =>
        new(new Sample(name, [Any(x)], inputs => build(inputs[0])), takes);

    private static PathSample Two(string name, Shape x, Shape y, Func<Node, Node, Node> build, params string[] takes) =>
        new(new Sample(name, [Any(x), Any(y)], inputs => build(inputs[0], inputs[1])), takes);

    private static IEnumerable<PathSample> Pools()
    {
        (string What, int Height, int Width, Size2D Window, Size2D Stride, Padding Padding, Size2D Dilation, KernelPath Path)[] pools =
            [
            ("pairs", 4, 6, 2, 2, 0, 1, MaxPoolHalving.PathOf(3)), ("pairs and a rest", 5, 7, 2, 2, 0, 1, MaxPoolHalving.PathOf(3)),
            ("pairs, and padding that no window reaches", 4, 6, 2, 2, (0, 0, 1, 1), 1, MaxPoolHalving.PathOf(3)),
            ("half a pair below", 5, 6, 2, 2, (0, 0, 1, 0), 1, KernelPath.Windows), ("half a pair to the right", 4, 7, 2, 2, (0, 0, 0, 1),
                1, KernelPath.Windows), ("a pair of padding", 4, 6, 2, 2, (0, 0, 2, 0), 1, KernelPath.Windows),
            ("padding above", 5, 6, 2, 2, (1, 0, 0, 0), 1, KernelPath.Windows), ("padding to the left", 4, 7, 2, 2, (0, 1, 0, 0), 1,
                KernelPath.Windows), ("pairs that overlap", 4, 6, 2, (1, 2), 0, 1, KernelPath.Windows),
            ("pairs with a gap", 4, 6, 2, (2, 3), 0, 1, KernelPath.Windows), ("threes", 4, 6, (2, 3), 2, 0, 1, KernelPath.Windows),
            ("pairs that are apart", 4, 6, 2, 2, 0, (1, 2), KernelPath.Windows),
        ];
        foreach (var (what, height, width, window, stride, padding, dilation, path) in pools)
            yield return One($"maxima of {what}", [2, 1, height, width], x => x.MaxPool2D(window, stride, padding, dilation).Power(2),
                [.. Of<MaxPoolKernel>(path), .. Of<MaxPoolGradientKernel>(path)]);
        // Rows on both sides of every number of windows that are done at a time, whole and with a column that belongs to no window.
        foreach (var width in (int[])[2, 3, 7, 8, 9, 15, 16, 17, 18, 31, 32, 33, 34, 35, 66])
        {
            var path = MaxPoolHalving.PathOf(width / 2);
            yield return One($"maxima of pairs in {width} columns", [2, 1, 5, width], x => x.MaxPool2D(2, 2).Power(2),
                [.. Of<MaxPoolKernel>(path), .. Of<MaxPoolGradientKernel>(path)]);
        }
    }

    private static string[] Convolution(KernelPath path) =>
        [.. Of<ConvolutionKernel>(path), .. Of<ConvolutionInputGradientKernel>(path), .. Of<ConvolutionWeightGradientKernel>(path)];

    private static IEnumerable<PathSample> Patches()
    {
        // Without AVX-512 what could be moved under masks is moved in pieces of rows.
        var masked = PathCounts.IsThere(typeof(ConvolutionKernel), KernelPath.MaskedPatches) ? KernelPath.MaskedPatches
            : KernelPath.RowsOfPatches;
        (string What, Shape Images, Shape Weights, Size2D Stride, Padding Padding, int Groups, KernelPath Path)[] convolutions =
            [
            ("one pixel", [1, 2, 3, 3], [3, 2, 1, 1], 1, 0, 1, KernelPath.OnePixel),
            ("one pixel in groups", [1, 34, 1, 3], [17, 2, 1, 1], 1, 0, 17, KernelPath.OnePixel),
            ("one pixel and padding after it", [1, 2, 3, 3], [3, 2, 1, 1], 1, (0, 0, 0, 1), 1, masked),
            ("one pixel in two", [1, 2, 3, 4], [3, 2, 1, 1], (1, 2), 0, 1, KernelPath.Patches),
            ("a column, in two", [1, 2, 3, 1], [3, 2, 1, 1], (1, 2), 0, 1, KernelPath.Patches),
            ("a window as wide as masks go", [1, 1, 2, 70], [2, 1, 2, 64], 1, (0, 1), 1, masked),
            ("a wider window", [1, 1, 2, 70], [2, 1, 2, 65], 1, (0, 1), 1, KernelPath.RowsOfPatches),
            ("steps of two columns", [1, 3, 4, 19], [2, 3, 2, 2], (1, 2), 1, 1, KernelPath.Patches),
            ("steps of two rows", [1, 3, 4, 19], [2, 3, 2, 2], (2, 1), 1, 1, masked), ("padding beyond the window", [1, 1, 3, 17],
                [2, 1, 2, 2], 1, (0, 3, 0, 4), 1, masked), ("1,025 columns", [1, 1, 1, 1025], [1, 1, 1, 3], 1, (0, 1), 1, masked),
        ];
        foreach (var (what, images, weights, stride, padding, groups, path) in convolutions)
            yield return Two($"convolution: {what}", images, weights, (x, w) => x.Conv2D(w, stride, padding, 1, groups), Convolution(path));
        // As many rows as are unrolled at once, and one more.
        var sweep = new ConvolutionAttributes(1, 0, 1, 1);
        var rows = Enumerable.Range(3, 60).First(height => sweep.Geometry([1, 4, height, 40], [2, 4, 3, 3]).Blocks > 1);
        foreach (var (height, path) in ((int, KernelPath)[])[(rows - 1, KernelPath.OneBlock), (rows, KernelPath.SeveralBlocks)])
            yield return Two($"convolution: {height} rows", [1, 4, height, 40], [2, 4, 3, 3], (x, w) => x.Conv2D(w), Convolution(path));
    }

    private static IEnumerable<PathSample> Shifted()
    {
        if (VectorWidths.Best == VectorWidth.Scalar) yield break;
        Node Convolve(Node x, Node w) => x.Conv2D(w, padding: 1);
        yield return Two("shifted", [2, 3, 9, 30], [4, 3, 3, 3], Convolve,
            Of<ShiftedConvolution>(KernelPath.OneChunk, KernelPath.OneChain));
        yield return Two("shifted: as many filters as repay it", [1, 1, 9, 30], [18, 1, 3, 3], Convolve,
            Of<ShiftedConvolution>(KernelPath.OneChunk));
        yield return Two("shifted: a filter too many", [1, 1, 9, 30], [19, 1, 3, 3], Convolve, nameof(ConvolutionKernel));
        yield return Two("shifted: windows that do not overlap", [1, 3, 12, 32], [4, 3, 2, 2], (x, w) => x.Conv2D(w, stride: 2),
            nameof(ConvolutionKernel));
        yield return Two("shifted: a filter too few", [2, 3, 9, 30], [3, 3, 3, 3], Convolve, nameof(ConvolutionKernel));
        yield return Two("shifted: places that hang over the edge", [2, 3, 2, 3], [4, 3, 2, 3], Convolve, nameof(ConvolutionKernel));
        yield return Two("shifted: chunks of rows", [1, 64, 70, 40], [4, 64, 3, 3], (x, w) => x.Conv2D(w, stride: (2, 1)),
            Of<ShiftedConvolution>(KernelPath.SeveralChunks));
        yield return Two("shifted: many channels", [2, LongSums.Chain / 4 + 1, 5, 33], [5, LongSums.Chain / 4 + 1, 2, 2], Convolve,
            Of<ShiftedConvolution>(KernelPath.Chains));
        yield return Two("shifted: continued", [2, 3, 9, 28], [5, 3, 3, 3], (x, w) => Convolve(x, w).Relu(),
            Of<ShiftedConvolution>(KernelPath.HandsOn));
        yield return Two("shifted: places that are no multiple of four", [2, 3, 9, 29], [5, 3, 3, 3], (x, w) => Convolve(x, w).Relu(),
            Of<ShiftedConvolution>(KernelPath.OneChunk));
        yield return Two("one pixel, continued", [2, 5, 4, 6], [3, 5, 1, 1], (x, w) => x.Conv2D(w).Tanh(),
            Of<ConvolutionKernel>(KernelPath.HandsOn));
    }

    private static IEnumerable<PathSample> Direct()
    {
        if (VectorWidths.Best == VectorWidth.Scalar) yield break;
        var width = TileShape.Best.Width;
        PathSample Packed(string what, Shape images, int channels, Size2D stride, Padding padding, params KernelPath[] paths) =>
            Two($"direct: {what}", images, [1, channels, 3, 3, width],
                (x, panels) => Flow.AddFlow(x, new PackedConv2D(panels, new ConvolutionAttributes(stride, padding, 1, 1))).Relu(),
                Of<DirectConvolution>(paths));
        yield return Packed("padded", [2, 3, 5, 7], 3, 1, 1, KernelPath.OneChunk, KernelPath.OneChain, KernelPath.HandsOn);
        yield return Packed("not padded, in steps of two", [1, 3, 9, 9], 3, 2, 0, KernelPath.OneChunk, KernelPath.HandsOn);
        yield return Packed("many channels", [1, LongSums.Chain / 9 + 1, 3, 3], LongSums.Chain / 9 + 1, 1, 1, KernelPath.Chains);
        // Sums of more places than stay in the cache, in chunks of a multiple of four places and not.
        var columns = 16 * 1024 / width / 4;
        yield return Packed("chunks of rows", [1, 3, 9, columns], 3, 1, 1, KernelPath.SeveralChunks, KernelPath.HandsOn);
        yield return Packed("chunks of rows that are no multiple of four", [1, 3, 9, columns + 1], 3, 1, 1, KernelPath.SeveralChunks);
    }

    private static IEnumerable<PathSample> Lanes()
    {
        if (VectorWidths.Best == VectorWidth.Scalar) yield break;
        var lanes = ImageLanes.Of(VectorWidths.Best).Count;
        ImageLanes? At(int images, int channels = 4) =>
            ImageLanes.For(new ConvolutionAttributes(1, 0, 1, 1).Geometry([images, channels, 6, 6], [2, channels, 3, 3]));
        var fewest = Enumerable.Range(1, lanes).First(images => At(images) is not null);
        var partly = Enumerable.Range(lanes + 1, lanes).First(images => At(images) is not null);
        (int Images, int Channels, Padding Padding, KernelPath Lanes, KernelPath Planes)[] cases =
            [
            (lanes, 4, 0, KernelPath.FullLanes, KernelPath.WholePlanes), (lanes, 4, (0, 0, 1, 0), KernelPath.FullLanes,
                KernelPath.WholePlanes), (lanes, 4, (0, 0, 0, 1), KernelPath.FullLanes, KernelPath.PaddedRows),
            (lanes, 4, (0, 1, 0, 0), KernelPath.FullLanes, KernelPath.PaddedRows),
            (fewest, 4, 0, fewest == lanes ? KernelPath.FullLanes : KernelPath.PartOfLanes, KernelPath.WholePlanes),
            (partly, 4, 1, partly == 2 * lanes ? KernelPath.FullLanes : KernelPath.PartOfLanes, KernelPath.PaddedRows),
            (2 * lanes, 4, 0, KernelPath.FullLanes, KernelPath.WholePlanes),
        ];
        foreach (var (images, channels, padding, block, planes) in cases)
        {
            yield return Two($"lanes: {images} images, padding {padding}", [images, channels, 6, 6], [2, channels, 3, 3],
                (x, w) => x.Conv2D(w, padding: padding),
                [.. Of<LaneConvolution>(block, planes), .. Of<LaneInputGradient>(block), .. Of<LaneWeightGradient>(block, planes)]);
        }
        // As many rows as go into the cache at once with all their channels, and more.
        foreach (var (height, path) in ((int, KernelPath)[])[(6, KernelPath.OneChunk), (40, KernelPath.SeveralChunks)])
        {
            yield return Two($"lanes: {height} rows", [lanes, 256 / lanes, height, 30], [2, 256 / lanes, 3, 3], (x, w) => x.Conv2D(w),
                [.. Of<LaneConvolution>(path), .. Of<LaneInputGradient>(path), .. Of<LaneWeightGradient>(path)]);
        }
        yield return Two("lanes: an image too few", [fewest - 1, 4, 6, 6], [2, 4, 3, 3], (x, w) => x.Conv2D(w, stride: (1, 2)),
            Convolution(KernelPath.Patches));
        yield return Two("lanes: a channel too few for the images' gradient", [lanes, 3, 6, 6], [2, 3, 3, 3], (x, w) => x.Conv2D(w),
            Of<LaneConvolution>(KernelPath.FullLanes));
        // From so many filters on, moving the results costs more than patches would.
        var most = Enumerable.Range(1, 60)
            .Last(filters =>
                ImageLanes.For(new ConvolutionAttributes(1, 0, 1, 1).Geometry([lanes, 4, 6, 6], [filters, 4, 3, 3])) is not null);
        yield return Two("lanes: as many filters as repay it", [lanes, 4, 6, 6], [most, 4, 3, 3], (x, w) => x.Conv2D(w),
            Of<LaneConvolution>(KernelPath.FullLanes));
        var more = new ConvolutionAttributes(1, 0, 1, 1).Geometry([lanes, 4, 6, 6], [most + 1, 4, 3, 3]);
        if (most < 60)
            yield return Two("lanes: a filter too many", [lanes, 4, 6, 6], [most + 1, 4, 3, 3], (x, w) => x.Conv2D(w),
                ShiftedConvolution.Suits(more) ? nameof(ShiftedConvolution) : nameof(ConvolutionKernel));
        yield return Two("lanes: as much padding as repays it", [lanes, 4, 1, 1], [2, 4, 5, 5], (x, w) => x.Conv2D(w, padding: 2),
            Of<LaneConvolution>(KernelPath.FullLanes));
        yield return Two("lanes: more padding", [lanes, 4, 1, 1], [2, 4, 7, 7], (x, w) => x.Conv2D(w, padding: 3),
            nameof(ConvolutionKernel));
    }

    private static IEnumerable<PathSample> Products()
    {
        (Shape Left, Shape Right, bool Turned, KernelPath Path)[] products =
            [
            ([5, 3], [3, 1], false, KernelPath.OneColumn), ([1, 3], [3, 1], false, KernelPath.InPlace),
            ([5, 3], [3, 2], false, KernelPath.InPlace), ([5, 3], [2, 3], true, KernelPath.TurnedAndPacked),
            ([5, 1], [2, 1], true, KernelPath.InPlace), ([5, 0], [2, 0], true, KernelPath.InPlace),
            ([5, 2], [1, 2], true, KernelPath.OneColumn), ([128, 3], [3, 512], false, KernelPath.Packed),
            ([127, 3], [3, 512], false, KernelPath.InPlace), ([128, 3], [3, 511], false, KernelPath.InPlace),
            ([2, 5, 3], [2, 3, 7], false, KernelPath.InPlace), ([3, 257], [257, 17], false, KernelPath.InPlace),
        ];
        foreach (var (left, right, turned, path) in products)
            yield return Two($"product {left} {right}{(turned ? " turned" : "")}", left, right, (x, y) => x.MatMul(y, false, turned),
                Of<MatrixProductKernel>(path));
        // Steps run in one part and in three: fewer products than parts are cut, each of as many or more is one part's alone.
        yield return Two("a batch of two products", [2, 5, 3], [2, 3, 7], (x, y) => x.MatMul(y),
            Of<MatrixProductKernel>(KernelPath.WholeProducts, KernelPath.SharedProducts));
        yield return Two("a batch of three products", [3, 5, 3], [3, 3, 7], (x, y) => x.MatMul(y),
            Of<MatrixProductKernel>(KernelPath.WholeProducts));
        yield return Two("both operands are packed", [128, 3], [3, 512], (x, y) => x.MatMul(y),
            Of<MatrixProductKernel>(KernelPath.BothPacked));
        if (VectorWidths.Best != VectorWidth.Scalar)
        {
            foreach (var rows in (int[])[1, 5, 128])
                yield return Two($"{rows} rows by panels", [rows, 3], [BlockSizes.ColumnsThatNeedPacking / TileShape.Best.Width, 3,
                    TileShape.Best.Width], (x, panels) => Flow.AddFlow(x, new PackedMatMul(panels)).Tanh(),
                    Of<MatrixProductKernel>(KernelPath.InPanels, KernelPath.HandsOn));
        }
        yield return Two("handed on", [5, 3], [3, 4], (x, y) => x.MatMul(y).Tanh(), Of<MatrixProductKernel>(KernelPath.HandsOn));
        yield return Two("handed on in blocks of columns", [3, 2], [2, 260], (x, y) => x.MatMul(y).Tanh(),
            Of<MatrixProductKernel>(KernelPath.HandsOn));
        yield return Two("not handed on: a row of five", [5, 3], [3, 5], (x, y) => x.MatMul(y).Tanh(), nameof(TileKernel));
        yield return Two("not handed on: stretched", [1, 3], [3, 4], (x, y) => x.MatMul(y) + x.Sum(keep: false).Broadcast([2, 4]),
            nameof(TileKernel));
    }

    private static IEnumerable<PathSample> Tiles()
    {
        (Shape Left, Shape Right, KernelPath Path)[] operands =
            [
            ([5, 6], [5, 6], KernelPath.Dense), ([5, 6], [], KernelPath.Uniform), ([5, 6], [1, 1], KernelPath.Uniform),
            ([5, 6], [6], KernelPath.Periodic), ([2, 1024], [1024], KernelPath.Periodic), ([2, 1025], [1025], KernelPath.General),
            ([32, 32], [32, 1], KernelPath.Periodic), ([33, 32], [33, 1], KernelPath.General), ([2, 3, 1], [1, 3, 4], KernelPath.Periodic),
            ([1024], [1024], KernelPath.Dense),
            ([1025], [1025], KernelPath.Dense), ([1026], [1026], KernelPath.Dense), ([1027], [1027], KernelPath.Dense),
            ([1028], [1028], KernelPath.Dense), ([2051], [1], KernelPath.Uniform), ([1, 2047], [2047], KernelPath.Dense),
        ];
        foreach (var (left, right, path) in operands)
            yield return Two($"operands {left} {right}", left, right, (x, y) => (x * y).Tanh(), Of<TileKernel>(path));
    }

    private static IEnumerable<PathSample> Reductions()
    {
        var lanes = Vector<float>.Count;
        (Shape Shape, int Axis, KernelPath Path)[] sums =
            [
            ([3, 4096], 1, KernelPath.ShortRows), ([3, 4097], 1, KernelPath.LongRows), ([3, 0], 1, KernelPath.ShortRows),
            ([2, 65, lanes - 1], 1, KernelPath.FewColumns), ([2, 65, lanes], 1, KernelPath.Columns),
            ([65, lanes + 1], 0, KernelPath.Columns),
            ([1, 65, 2], 1, KernelPath.FewColumns), ([64, 2 * lanes + 3], 0, KernelPath.Columns), ([0, lanes], 0, KernelPath.Columns),
        ];
        foreach (var (shape, axis, path) in sums)
        {
            yield return One($"sum {shape} along {axis}", shape, x => x.Sum(axis), Of<Reduction>(path));
            yield return One($"mean {shape} along {axis}", shape, x => x.Mean(axis), Of<Reduction>(path));
            yield return One($"maximum {shape} along {axis}", shape, x => x.Max(axis), Of<Reduction>(path));
        }
        yield return One("columns of one set", [5, 3, 70], x => x.Sum(0), Of<Reduction>(KernelPath.SharedColumns));
        yield return One("columns of several sets", [5, 3, 70], x => x.Sum(1), Of<Reduction>(KernelPath.OwnColumns));
        yield return One("taken over", [33, 8], x => x.Tanh().Sum(axis: 1), Of<Reduction>(KernelPath.TakesOver));
        yield return One("taken over: one block of any length", [1, 4095], x => x.Tanh().Sum(axis: 1),
            Of<Reduction>(KernelPath.TakesOver, KernelPath.ShortRows));
        yield return One("taken over: blocks of long rows", [2, 32_768], x => x.Tanh().Sum(axis: 1),
            Of<Reduction>(KernelPath.TakesOver, KernelPath.LongRows));
        yield return One("not taken over: rows that are too long", [2, 32_772], x => x.Tanh().Sum(axis: 1), nameof(TileKernel));
        yield return One("not taken over: rows of seven", [33, 7], x => x.Tanh().Sum(axis: 1), nameof(TileKernel));
        yield return One("not taken over: columns", [33, 8], x => x.Tanh().Sum(axis: 0), nameof(TileKernel));
    }

    // Just as many terms as a chain has, and one more.
    private static IEnumerable<PathSample> Chains()
    {
        (int Terms, KernelPath[] Path)[] sides = [(LongSums.Chain, [KernelPath.OneChain]), (LongSums.Chain + 1, [KernelPath.Chains])];
        foreach (var (terms, path) in sides)
        {
            var sums = path.Where(each => each == KernelPath.Chains).ToArray();
            foreach (var inner in (int[])[1, Vector<float>.Count - 1, Vector<float>.Count + 1])
                yield return One($"{terms} terms: sums beside {inner}", [2, terms, inner], x => x.Sum(1) + x.Mean(1), Of<Reduction>(sums));
            yield return One($"{terms} terms: softmax", [2, terms], x => x.Softmax(), Of<SoftmaxKernel>(sums));
            yield return Two($"{terms} terms: cross-entropy", [2, terms], [2, terms], (x, t) => x.SoftmaxCrossEntropy(t),
                [.. Of<CrossEntropyKernel>(sums), .. Of<CrossEntropyGradientKernel>(sums)]);
            yield return One($"{terms} terms: average", [1, 2, 3, terms + 1], x => x.AveragePool2D((1, terms), 1),
                [.. Of<AveragePoolKernel>(path), .. Of<AveragePoolGradientKernel>(KernelPath.OneChain)]);
            yield return One($"{terms} terms: windows that overlap", [1, 1, 1, 2 * terms - 1],
                x => x.AveragePool2D((1, terms), 1) + x.MaxPool2D((1, terms), 1),
                [.. Of<AveragePoolGradientKernel>(path), .. Of<MaxPoolGradientKernel>(path)]);
            yield return One($"{terms} terms: table", [3, 2],
                x => x.Gather(new Constant(Array.ConvertAll(new double[terms], _ => 1.0), [terms], ElementType.Int32)),
                Of<ScatterAddKernel>(path));
        }
        foreach (var (terms, path) in sides)
        {
            yield return Two($"{terms} terms: product", [3, terms], [terms, 5], (x, y) => x.MatMul(y), Of<MatrixProductKernel>(path));
            yield return Two($"{terms} terms: product of one column", [3, terms], [terms, 1], (x, y) => x.MatMul(y),
                Of<MatrixProductKernel>(path));
            yield return Two($"{terms} terms: convolution", [1, terms, 1, 2], [2, terms, 1, 1], (x, w) => x.Conv2D(w),
                Of<ConvolutionKernel>(path));
            yield return Two($"{terms} terms: images' gradient", [1, 2, 1, 3], [terms, 2, 1, 2], (x, w) => x.Conv2D(w),
                Of<ConvolutionInputGradientKernel>(path));
            yield return Two($"{terms} terms: added back to the images", [1, 1, 1, 2 * terms - 1], [1, 1, 1, terms], (x, w) => x.Conv2D(w),
                terms > LongSums.Chain ? Of<ConvolutionInputGradientKernel>(KernelPath.AddedBack)
                    : Of<ConvolutionInputGradientKernel>(KernelPath.OneChain));
            var many = 2 * terms - 1;
            yield return Two($"{terms} terms: added back in steps of two", [1, 1, 1, 2 * many - 1], [1, 1, 1, many],
                (x, w) => x.Conv2D(w, (1, 2)),
                Of<ConvolutionInputGradientKernel>(terms > LongSums.Chain ? KernelPath.AddedBackInSteps : KernelPath.OneChain));
            yield return Two($"{terms} terms: weights' gradient", [1, 2, 1, terms + 1], [2, 2, 1, 2], (x, w) => x.Conv2D(w),
                Of<ConvolutionWeightGradientKernel>(path));
        }
        foreach (var (terms, path) in ((int, KernelPath)[])[(LongSums.Block, KernelPath.Chains), (LongSums.Block + 1, KernelPath.Blocks)])
            yield return Two($"{terms} terms: product", [2, terms], [terms, 3], (x, y) => x.MatMul(y), Of<MatrixProductKernel>(path));
        if (VectorWidths.Best != VectorWidth.Scalar)
        {
            var lanes = ImageLanes.Of(VectorWidths.Best).Count;
            foreach (var (many, window, path) in ((int, int, KernelPath)[])[(LongSums.Chain / 16, 4, KernelPath.OneChain),
                (LongSums.Chain / 25 + 1, 5, KernelPath.Chains)])
            {
                yield return Two($"lanes: convolution of {many} channels", [lanes, many, window + 2, window + 2], [2, many, window, window],
                    (x, w) => x.Conv2D(w), Of<LaneConvolution>(path));
                yield return Two($"lanes: images' gradient of {many} filters", [lanes, 8, window + 2, window + 2],
                    [many, 8, window, window], (x, w) => x.Conv2D(w), Of<LaneInputGradient>(path));
            }
            foreach (var (places, path) in ((int, KernelPath)[])[(LongSums.Chain / 2, KernelPath.OneChain),
                (LongSums.Chain / 2 + 1, KernelPath.Chains), (2 * LongSums.Chain, KernelPath.Chains)])
                yield return Two($"lanes: weights' gradient of {places} places", [lanes, 2, 1, places + 8], [2, 2, 1, 9],
                    (x, w) => x.Conv2D(w), Of<LaneWeightGradient>(path));
        }
        yield return One("as many terms as a chain, and as many more: table", [3, 2],
            x => x.Gather(new Constant(new double[2 * LongSums.Chain], [2 * LongSums.Chain], ElementType.Int32)),
            Of<ScatterAddKernel>(KernelPath.Chains));
        yield return One("windows that are long and do not overlap", [1, 1, 1, 2 * LongSums.Chain + 2],
            x => x.AveragePool2D((1, LongSums.Chain + 1)),
            [.. Of<AveragePoolKernel>(KernelPath.Chains), .. Of<AveragePoolGradientKernel>(KernelPath.OneChain)]);
    }

    private static IEnumerable<PathSample> Copies()
    {
        yield return One("transposed before the last axis", [2, 3, 4], x => x.Transpose([1, 0, 2]), Of<StridedCopy>(KernelPath.Runs));
        yield return One("transposed", [2, 3, 4], x => x.Transpose([2, 0, 1]), Of<StridedCopy>(KernelPath.Pieces));
        yield return One("cut along the first axis", [5, 3], x => x.Slice(0, 1, 4), Of<BlockCopy>(KernelPath.Runs));
        yield return One("cut in steps", [5, 3], x => x.Slice(0, 1, 4, step: 2), Of<BlockCopy>(KernelPath.Pieces));
        yield return One("cut in a step beyond the end", [5, 3], x => x.Slice(0, 1, null, step: long.MaxValue),
            Of<BlockCopy>(KernelPath.Pieces));
        yield return One("padded", [5, 3], x => x.Pad(1, 2, 1), Of<Sequence>(KernelPath.Runs));
    }

    private static IEnumerable<PathSample> Rows()
    {
        var lanes = Vector<float>.Count;
        yield return One("running sums, an op from outside", [3, 5], x => Flow.AddFlow(x, new RunningSum()).Power(2), nameof(BlockKernel));
        foreach (var (width, path) in ((int, KernelPath)[])[(1, KernelPath.NarrowRows), (lanes - 1, KernelPath.NarrowRows),
            (lanes, KernelPath.MiddlingRows), (lanes + 1, KernelPath.MiddlingRows), (127, KernelPath.MiddlingRows),
            (128, KernelPath.WideRows), (129, KernelPath.WideRows), (1025, KernelPath.WideRows)])
        {
            yield return One($"softmax of {width}", [3, width], x => x.Softmax(), Of<SoftmaxKernel>(path));
            yield return One($"logarithm of the softmax of {width}", [3, width], x => x.LogSoftmax(), Of<SoftmaxKernel>(path));
            yield return Two($"cross-entropy of {width}", [3, width], [3, width], (x, t) => x.SoftmaxCrossEntropy(t),
                [.. Of<CrossEntropyKernel>(path), .. Of<CrossEntropyGradientKernel>(path)]);
        }
    }
}

using System.Reflection;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using SimpleFlow.Compilation;
using SimpleFlow.Kernels;
using SimpleFlow.Kernels.Convolutions;
using SimpleFlow.Kernels.Pooling;
using SimpleFlow.Kernels.Products;
using SimpleFlow.Kernels.Rows;
using SimpleFlow.Kernels.Tiles;

namespace SimpleFlow.Tests.Kernels;

/// <summary>How often each way through the kernels, and each rule of the compiler, was taken by some plans.</summary>
internal sealed class PathCounts
{
    private const string
        Folded = "folded", TooLarge = "too large to be folded", Merged = "merged", Stretched = "stretched by the op itself",
        JoinedSum = "joined: a sum of padded parts", LeftSum = "left: a sum of padded parts", JoinedParts = "joined: parts of parts",
        FullGroup = "a group that holds no more", OldValue = "an old value kept", InPlace = "written over an operand",
        AtOnce = "written into a variable at once", Copied = "copied into a variable";

    /// <summary>Ops that are lowered on a condition. All others are, or are not.</summary>
    private static readonly Type[] OftenLowered =
        [typeof(Softmax), typeof(LogSoftmax), typeof(ReduceSum), typeof(ReduceMean), typeof(ReduceMax), typeof(Slice.Unslice)];

    private readonly SortedDictionary<string, int> _times = new(StringComparer.Ordinal);

    private static readonly KernelPath[] Halvings = [KernelPath.PairsUnderMasks, KernelPath.EightPairs, KernelPath.FourPairs,
        KernelPath.SinglePairs];

    private static readonly KernelPath[] OfPatches =
        [
        KernelPath.OnePixel, KernelPath.Patches, KernelPath.RowsOfPatches, KernelPath.MaskedPatches,
        KernelPath.OneBlock, KernelPath.SeveralBlocks,
    ];

    private static readonly KernelPath[] OfLanes =
        [KernelPath.FullLanes, KernelPath.PartOfLanes, KernelPath.OneChunk, KernelPath.SeveralChunks];

    /// <summary>The ways of each kernel that has several, as far as this processor has them. Kernels that are not here have one.</summary>
    private static readonly Dictionary<Type, KernelPath[]> Ways = new()
    {
        [typeof(MaxPoolKernel)] = [.. Halvings, KernelPath.Windows],
        [typeof(MaxPoolGradientKernel)] = [.. Halvings, KernelPath.Windows, KernelPath.OneChain, KernelPath.Chains],
        [typeof(AveragePoolKernel)] = [KernelPath.OneChain, KernelPath.Chains],
        [typeof(AveragePoolGradientKernel)] = [KernelPath.OneChain, KernelPath.Chains],
        [typeof(ScatterAddKernel)] = [KernelPath.OneChain, KernelPath.Chains],
        [typeof(ConvolutionKernel)] = [.. OfPatches, KernelPath.OneChain, KernelPath.Chains, KernelPath.HandsOn],
        [typeof(ShiftedConvolution)] =
            [KernelPath.OneChunk, KernelPath.SeveralChunks, KernelPath.OneChain, KernelPath.Chains, KernelPath.HandsOn],
        [typeof(DirectConvolution)] =
            [KernelPath.OneChunk, KernelPath.SeveralChunks, KernelPath.OneChain, KernelPath.Chains, KernelPath.HandsOn],
        [typeof(ConvolutionInputGradientKernel)] =
            [.. OfPatches, KernelPath.OneChain, KernelPath.Chains, KernelPath.AddedBack, KernelPath.AddedBackInSteps],
        [typeof(ConvolutionWeightGradientKernel)] = [.. OfPatches, KernelPath.OneChain, KernelPath.Chains],
        [typeof(LaneConvolution)] = [.. OfLanes, KernelPath.WholePlanes, KernelPath.PaddedRows, KernelPath.OneChain, KernelPath.Chains],
        [typeof(LaneInputGradient)] = [.. OfLanes, KernelPath.OneChain, KernelPath.Chains],
        [typeof(LaneWeightGradient)] = [.. OfLanes, KernelPath.WholePlanes, KernelPath.PaddedRows, KernelPath.OneChain, KernelPath.Chains],
        [typeof(MatrixProductKernel)] =
            [
            KernelPath.OneColumn, KernelPath.InPlace, KernelPath.Packed, KernelPath.TurnedAndPacked, KernelPath.BothPacked,
            KernelPath.InPanels, KernelPath.HandsOn, KernelPath.OneChain, KernelPath.Chains, KernelPath.Blocks,
            KernelPath.WholeProducts, KernelPath.SharedProducts,
        ],
        [typeof(TileKernel)] = [KernelPath.Dense, KernelPath.Uniform, KernelPath.Periodic, KernelPath.General],
        [typeof(Reduction)] =
            [
            KernelPath.ShortRows, KernelPath.LongRows, KernelPath.Columns, KernelPath.FewColumns,
            KernelPath.SharedColumns, KernelPath.OwnColumns, KernelPath.TakesOver, KernelPath.Chains,
        ],
        [typeof(StridedCopy)] = [KernelPath.Runs, KernelPath.Pieces],
        [typeof(BlockCopy)] = [KernelPath.Runs, KernelPath.Pieces],
        [typeof(Sequence)] = [KernelPath.Runs, KernelPath.Pieces],
        [typeof(SoftmaxKernel)] = [KernelPath.NarrowRows, KernelPath.MiddlingRows, KernelPath.WideRows, KernelPath.Chains],
        [typeof(CrossEntropyKernel)] = [KernelPath.NarrowRows, KernelPath.MiddlingRows, KernelPath.WideRows, KernelPath.Chains],
        [typeof(CrossEntropyGradientKernel)] = [KernelPath.NarrowRows, KernelPath.MiddlingRows, KernelPath.WideRows, KernelPath.Chains],
    };

    /// <summary>All that can be counted on this processor.</summary>
    public static IEnumerable<string> All
    {
        get
        {
            // The one is part of a sequence, and the other takes the ways of the kernels that it repeats.
            var kernels = typeof(Kernel).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Kernel)) && !type.IsAbstract
                && type != typeof(Clear) && type != typeof(KernelLoop));
            foreach (var kernel in kernels)
            {
                if (typeof(Kernel) == kernel.GetMethod(nameof(Kernel.Paths))!.DeclaringType) yield return kernel.Name;
                else foreach (var path in Ways[kernel].Where(path => IsThere(kernel, path))) yield return Name(kernel, path);
            }
            foreach (var op in typeof(Op).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Op)) && !type.IsAbstract))
            {
                if (Has(op, nameof(Op.Simplify))) yield return Rule("simplified", op);
                if (Has(op, nameof(Op.AtInference))) yield return Rule("used", op);
                if (Has(op, nameof(Op.Lower))) yield return Rule("lowered", op);
                if (OftenLowered.Contains(op)) yield return Rule("not lowered", op);
                // Of a variable that is assigned the memory is wanted, too; and a place is the shape of a part, which becomes a slice.
                var isCompiled = !Has(op, nameof(Op.Lower)) || OftenLowered.Contains(op);
                if (Has(op, nameof(Op.UsesOnlyShape)) && isCompiled && op != typeof(Assign) && op != typeof(ConcatPlace))
                    yield return Rule("only a shape", op);
            }
            foreach (var idiom in Idioms.All) yield return Idiom(idiom.Function(1));
            foreach (var path in (string[])[InPlace, AtOnce, Copied, OldValue, FullGroup]) yield return path;
            foreach (var path in (string[])[JoinedSum, LeftSum, JoinedParts, Folded, TooLarge, Merged, Stretched]) yield return path;
        }
    }

    public int this[string path] => _times.GetValueOrDefault(path);

    public static string Name(Type kernel, KernelPath path) => $"{kernel.Name}: {path}";

    /// <summary>Whether this processor has a way.</summary>
    public static bool IsThere(Type kernel, KernelPath path) => path switch
    {
        KernelPath.MaskedPatches or KernelPath.PairsUnderMasks => Avx512F.IsSupported,
        KernelPath.EightPairs => Avx2.IsSupported && !Avx512F.IsSupported,
        KernelPath.FourPairs => Vector128.IsHardwareAccelerated && !Avx512F.IsSupported,
        KernelPath.SinglePairs => !Avx512F.IsSupported,
        KernelPath.BothPacked => VectorWidths.Best == VectorWidth.Bits256,
        KernelPath.InPanels => VectorWidths.Best != VectorWidth.Scalar,
        _ => VectorWidths.Best != VectorWidth.Scalar || !kernel.Name.StartsWith("Lane", StringComparison.Ordinal)
            && kernel != typeof(ShiftedConvolution) && kernel != typeof(DirectConvolution),
    };

    /// <summary>A kernel that was bound, to run in so many parts.</summary>
    public void Add(Kernel kernel, int parts)
    {
        if (kernel is KernelLoop loop)
        {
            for (var i = 0; i < loop.Count; i++) Add(loop[i], parts);
            return;
        }
        Count(kernel.GetType().Name);
        if (kernel is Reduction { Program: { } program }) Add(program, parts);
        foreach (var path in kernel.Paths(parts))
        {
            Assert.Contains(path, Ways[kernel.GetType()]);
            Count(Name(kernel.GetType(), path));
        }
    }

    /// <summary>What a plan shows of its compilation.</summary>
    public void Add(Plan plan)
    {
        Count(InPlace, plan.Memory.InPlace);
        foreach (var step in plan.Steps)
        {
            if (step.Nodes.Count(node => node.Op is Elementwise) == Fuse.LargestGroup) Count(FullGroup);
            for (var i = 0; i < step.Stored.Length; i++)
            {
                if (step.Stored[i] is Variable) Count(step.Program!.Instructions[i].Function is TileCopy ? Copied : AtOnce);
                var function = step.Program!.Instructions[i].Function;
                if (function.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(TileFormula<>))
                    Count(Idiom(function));
            }
        }
    }

    /// <summary>The rules that apply to nodes of a graph at once.</summary>
    public void AddRules(Node[] outputs, IReadOnlyDictionary<Placeholder, Shape> fed)
    {
        foreach (var node in GraphOrder.Of(outputs).OfType<Operation>())
        {
            if (node.Op.AtInference(node) is not null) Count(Rule("used", node.Op.GetType()));
        }
        outputs = new Specialise(fed).Run(outputs);
        foreach (var node in GraphOrder.Of(outputs).OfType<Operation>().Where(node => Has(node.Op.GetType(), nameof(Op.Lower))))
        {
            var stays = node.Op.Lower(node) is null;
            if (stays) Assert.Contains(node.Op.GetType(), OftenLowered);
            Count(Rule(stays ? "not lowered" : "lowered", node.Op.GetType()));
        }
        outputs = new Lower().Run(outputs);
        foreach (var node in GraphOrder.Of(outputs, valuesOnly: true).OfType<Operation>())
        {
            if (node.Op.Simplify(node) is not null) Count(Rule("simplified", node.Op.GetType()));
            if (node.Op is Elementwise && node.InputArray.Any(input => input is Operation { Op: Broadcast })) Count(Stretched);
        }
        outputs = new Simplify().Run(outputs);
        var padded = PaddedSums.Join(outputs, default);
        Count(JoinedSum, Concats(padded) - Concats(outputs));
        Count(LeftSum, GraphOrder.Of(padded).OfType<Operation>()
            .Count(node => node.Op is Add && node.InputArray.All(input => input is Operation { Op: Pad })));
        outputs = new Join().Run(outputs);
        Count(JoinedParts, Concats(padded) - Concats(outputs));
        var before = GraphOrder.Of(outputs).OfType<Constant>().ToHashSet<Node>(ReferenceEqualityComparer.Instance);
        outputs = new Fold().Run(outputs);
        var order = GraphOrder.Of(outputs);
        Count(Folded, order.OfType<Constant>().Count(constant => !before.Contains(constant)));
        Count(TooLarge, order.OfType<Operation>().Count(node =>
            !node.Op.HasEffect && node.Op is not Broadcast && node.InputArray.Length > 0
                && node.InputArray.All(input => input is Constant)));
        outputs = new Merge().Run(outputs);
        Count(Merged, order.Count - GraphOrder.Of(outputs).Count);
        outputs = new Drop().Run(outputs);
        foreach (var node in GraphOrder.Of(outputs).OfType<Operation>())
        {
            if (node.InputArray.Any(input => input is ShapeOnly)) Count(Rule("only a shape", node.Op.GetType()));
        }
        Count(OldValue, GraphOrder.Of(Order.KeepOldValues(outputs)).Count(IsCopy) - GraphOrder.Of(outputs).Count(IsCopy));

        int Concats(Node[] nodes) => GraphOrder.Of(nodes).Count(node => node is Operation { Op: Concat });
        bool IsCopy(Node node) => node is Operation { Op: StopGradient };
    }

    public void Add(PathCounts other)
    {
        foreach (var (path, times) in other._times) Count(path, times);
    }

    public override string ToString() => string.Join('\n', _times.Select(path => $"{path.Value,8}  {path.Key}"));

    private static string Rule(string what, Type op) => $"{what}: {op.Name}";

    private static bool Has(Type op, string rule) =>
        op.GetMethod(rule, BindingFlags.Instance | BindingFlags.NonPublic)!.DeclaringType != typeof(Op);

    private static string Idiom(ITileFunction function) => $"idiom: {function.GetType().GetGenericArguments()[0].Name}";

    private void Count(string path, int times = 1) => _times[path] = this[path] + times;
}

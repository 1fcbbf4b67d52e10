using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using SimpleFlow.Compilation;
using SimpleFlow.Kernels;

namespace SimpleFlow.Tests.Kernels;

/// <summary>How often each way through the kernels, and each rule of the compiler, was taken by some plans.</summary>
internal sealed class PathCounts
{
    private const string Folded = "folded", TooLarge = "too large to be folded", Merged = "merged",
        Stretched = "stretched by the op itself";

    private readonly SortedDictionary<string, int> _times = new(StringComparer.Ordinal);

    private static readonly KernelPath[] Halvings = [KernelPath.PairsUnderMasks, KernelPath.EightPairs, KernelPath.FourPairs,
        KernelPath.SinglePairs];

    /// <summary>The ways of each kernel that has several, as far as this processor has them. Kernels that are not here have one.</summary>
    private static readonly Dictionary<Type, KernelPath[]> Ways = new()
    {
        [typeof(MaxPoolKernel)] = [.. Halvings, KernelPath.Windows],
        [typeof(MaxPoolGradientKernel)] = [.. Halvings, KernelPath.Windows, KernelPath.OneChain, KernelPath.Chains],
        [typeof(AveragePoolKernel)] = [KernelPath.OneChain, KernelPath.Chains],
        [typeof(AveragePoolGradientKernel)] = [KernelPath.OneChain, KernelPath.Chains],
        [typeof(ScatterAddKernel)] = [KernelPath.OneChain, KernelPath.Chains],
        [typeof(ConvolutionKernel)] = [KernelPath.OnePixel, KernelPath.Patches, KernelPath.MaskedPatches, KernelPath.OneChain,
            KernelPath.Chains],
        [typeof(ConvolutionInputGradientKernel)] = [KernelPath.OnePixel, KernelPath.Patches, KernelPath.MaskedPatches, KernelPath.OneChain,
            KernelPath.Chains, KernelPath.AddedBack],
        [typeof(ConvolutionWeightGradientKernel)] = [KernelPath.OnePixel, KernelPath.Patches, KernelPath.MaskedPatches, KernelPath.OneChain,
            KernelPath.Chains],
        [typeof(LaneConvolution)] = [KernelPath.FullLanes, KernelPath.PartOfLanes, KernelPath.WholePlanes, KernelPath.PaddedRows,
            KernelPath.OneChain, KernelPath.Chains],
        [typeof(LaneInputGradient)] = [KernelPath.FullLanes, KernelPath.PartOfLanes, KernelPath.OneChain, KernelPath.Chains],
        [typeof(LaneWeightGradient)] = [KernelPath.FullLanes, KernelPath.PartOfLanes, KernelPath.WholePlanes, KernelPath.PaddedRows,
            KernelPath.OneChain, KernelPath.Chains],
        [typeof(MatrixProductKernel)] = [KernelPath.OneColumn, KernelPath.InPlace, KernelPath.Packed, KernelPath.TurnedAndPacked,
            KernelPath.BothPacked, KernelPath.HandsOn, KernelPath.OneChain, KernelPath.Chains, KernelPath.Blocks],
        [typeof(TileKernel)] = [KernelPath.Dense, KernelPath.Uniform, KernelPath.Periodic, KernelPath.General],
        [typeof(Reduction)] = [KernelPath.ShortRows, KernelPath.LongRows, KernelPath.Columns, KernelPath.FewColumns, KernelPath.TakesOver,
            KernelPath.Chains],
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
            // it is part of a sequence
            var kernels = typeof(Kernel).Assembly.GetTypes()
                .Where(type => type.IsSubclassOf(typeof(Kernel)) && !type.IsAbstract && type != typeof(Clear));
            foreach (var kernel in kernels)
            {
                if (typeof(Kernel) == kernel.GetProperty(nameof(Kernel.Paths))!.DeclaringType) yield return kernel.Name;
                else foreach (var path in Ways[kernel].Where(path => IsThere(kernel, path))) yield return Name(kernel, path);
            }
            foreach (var op in typeof(Op).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Op)) && !type.IsAbstract))
            {
                if (op.GetMethod(nameof(Op.Simplify),
                    System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic)!.DeclaringType != typeof(Op))
                    yield return Rule(op);
            }
            foreach (var idiom in Idioms.All) yield return Idiom(idiom.Function(1));
            yield return "written over an operand";
            yield return "written into a variable at once";
            yield return "copied into a variable";
            yield return Folded;
            yield return TooLarge;
            yield return Merged;
            yield return Stretched;
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
        _ => VectorWidths.Best != VectorWidth.Scalar || !kernel.Name.StartsWith("Lane", StringComparison.Ordinal),
    };

    /// <summary>A kernel that was bound.</summary>
    public void Add(Kernel kernel)
    {
        Count(kernel.GetType().Name);
        if (kernel is Reduction { Program: { } program }) Add(program);
        foreach (var path in kernel.Paths)
        {
            Assert.Contains(path, Ways[kernel.GetType()]);
            Count(Name(kernel.GetType(), path));
        }
    }

    /// <summary>What a plan shows of its compilation.</summary>
    public void Add(Plan plan)
    {
        Count("written over an operand", plan.Memory.InPlace);
        foreach (var step in plan.Steps)
        {
            for (var i = 0; i < step.Stored.Length; i++)
            {
                if (step.Stored[i] is Variable)
                    Count(step.Program!.Instructions[i].Function is TileCopy ? "copied into a variable"
                        : "written into a variable at once");
                if (step.Program!.Instructions[i].Function.GetType() is { IsGenericType: true } type
                    && type.GetGenericTypeDefinition() == typeof(TileFormula<>))
                    Count(Idiom(step.Program.Instructions[i].Function));
            }
        }
    }

    /// <summary>The rules that apply to nodes of a graph at once.</summary>
    public void AddRules(Node[] outputs, IReadOnlyDictionary<Placeholder, Shape> fed)
    {
        outputs = new Lower().Run(new Specialise(fed).Run(outputs));
        foreach (var node in GraphOrder.Of(outputs, valuesOnly: true).OfType<Operation>())
        {
            if (node.Op.Simplify(node) is not null) Count(Rule(node.Op.GetType()));
            if (node.Op is Elementwise && node.InputArray.Any(input => input is Operation { Op: Broadcast })) Count(Stretched);
        }
        var simplified = new Simplify().Run(outputs);
        var folded = new Fold().Run(simplified);
        var before = GraphOrder.Of(simplified).OfType<Constant>().ToHashSet<Node>(ReferenceEqualityComparer.Instance);
        var order = GraphOrder.Of(folded);
        Count(Folded, order.OfType<Constant>().Count(constant => !before.Contains(constant)));
        Count(TooLarge,
            order.OfType<Operation>().Count(node => !node.Op.HasEffect && node.Op is not Broadcast && node.InputArray.Length > 0
                && node.InputArray.All(input => input is Constant)));
        Count(Merged, order.Count - GraphOrder.Of(new Merge().Run(folded)).Count);
    }

    public void Add(PathCounts other)
    {
        foreach (var (path, times) in other._times) Count(path, times);
    }

    public override string ToString() => string.Join('\n', _times.Select(path => $"{path.Value,8}  {path.Key}"));

    private static string Rule(Type op) => $"simplified: {op.Name}";

    private static string Idiom(ITileFunction function) => $"idiom: {function.GetType().GetGenericArguments()[0].Name}";

    private void Count(string path, int times = 1) => _times[path] = this[path] + times;
}

using SimpleFlow.Kernels;
using SimpleFlow.Kernels.Tiles;

namespace SimpleFlow.Compilation;

/// <summary>
/// One step of a plan: an operation with a kernel of its own; or a chain of elementwise operations and assignments, which run as one tile
/// program; or both in one: a product that passes its blocks to a program, or a reduction that takes its elements from one.
/// </summary>
internal sealed class Step
{
    private readonly bool _passesOn;      // whether a product's own result is wanted by the program only, which finds it in the cache
    private readonly HashSet<Node> _singleReads, _onlyShapes;

    /// <param name="nodes">The group.</param>
    /// <param name="program">The program of its elementwise operations.</param>
    /// <param name="isNeededOutside">Whether another step reads a result, or it is an output.</param>
    /// <param name="threads">How many threads a step may run on.</param>
    /// <param name="costWorthSplitting">From how many nanoseconds on a step is split over them.</param>
    public Step(Operation[] nodes, GroupProgram program, Func<Operation, bool> isNeededOutside, int threads, double costWorthSplitting)
    {
        Nodes = nodes;
        Single = Array.Find(nodes, node => !GroupProgram.IsElementwise(node));
        var chain = Array.FindAll(nodes, GroupProgram.IsElementwise);
        if (chain.Length > 0) Program = new TileProgram(program.Reads.Count, [.. program.Instructions]);
        (ProgramReads, Stored) = ([.. program.Reads], [.. program.Writes]);
        SingleReads = Single is null ? [] : Array.FindAll(Single.InputArray, input => !chain.Contains(Storage.Of(input)));
        _singleReads = new(SingleReads, ReferenceEqualityComparer.Instance);
        _onlyShapes = new(Single is null ? [] : Single.InputArray.Where((_, i) => Single.Op.UsesOnlyShape(i)),
            ReferenceEqualityComparer.Instance);
        if (Single is not null) _onlyShapes.ExceptWith(Single.InputArray.Where((_, i) => !Single.Op.UsesOnlyShape(i)));
        Writes = [.. Stored.OfType<Node>()];
        if (Single is not null) Writes = ReferenceEquals(nodes[0], Single) ? [Single, .. Writes] : [.. Writes, Single];
        _passesOn = chain.Length > 0 && ReferenceEquals(nodes[0], Single) && !isNeededOutside(Single);
        Cost = nodes.Sum(node => node.Op.Cost(node));
        Parts = Cost >= costWorthSplitting && Kernels == 1 ? threads : 1;
    }

    /// <summary>What is computed, in order.</summary>
    public Operation[] Nodes { get; }

    /// <summary>The operation with a kernel of its own: first, if the program continues with its result; last, if it reduces what the
    /// program makes. Null for a program alone.</summary>
    public Operation? Single { get; }

    /// <summary>What the single operation reads from memory.</summary>
    public Node[] SingleReads { get; }

    /// <summary>The program of the elementwise operations; null if there are none.</summary>
    public TileProgram? Program { get; }

    /// <summary>The program's inputs; one of them is the operation with a kernel, if that comes first.</summary>
    public Node[] ProgramReads { get; }

    /// <summary>For each instruction of the program, the node whose memory its value goes to (a variable for an assignment), or
    /// null.</summary>
    public Node?[] Stored { get; }

    /// <summary>The shape of the program's results.</summary>
    public Shape ProgramShape => Nodes.First(GroupProgram.IsElementwise).Shape;

    /// <summary>The nodes it reads from memory, which other steps or the feed wrote.</summary>
    public IEnumerable<Node> Reads =>
        SingleReads.Concat(ProgramReads.Where(read => !_singleReads.Contains(read) && !ReferenceEquals(Storage.Of(read), Single)));

    /// <summary>The nodes it writes to memory.</summary>
    public Node[] Writes { get; }

    /// <summary>About how many nanoseconds it takes on one thread.</summary>
    public double Cost { get; }

    /// <summary>Its additions and multiplications.</summary>
    public double Flops => Nodes.Sum(node => node.Op.Flops(node));

    /// <summary>The bytes it reads and writes in memory.</summary>
    public long Bytes =>
        sizeof(float) * Reads.Where(read => !IsOnlyShape(read)).Concat(_passesOn ? Writes[1..] : Writes)
            .Sum(node => node.Shape.ElementCount);

    /// <summary>Whether only the shape of a node that it reads matters.</summary>
    public bool IsOnlyShape(Node read) => _onlyShapes.Contains(read);

    /// <summary>What it computes, in one line.</summary>
    public string Title => string.Join(" → ", Nodes.Select(node => node.Op));

    /// <summary>The number of parts it is split into.</summary>
    public int Parts { get; }

    /// <summary>The number of its kernels: more than one for a loop.</summary>
    public long Kernels => Math.Max(1, Single?.Op.InnerKernels ?? 1);

    /// <summary>The scratch floats for this many parts: the program's come first.</summary>
    public long ScratchFloats(int parts) => ProgramScratch(parts) + (Single?.Op.ScratchFloats(Single, parts) ?? 0);

    private long ProgramScratch(int parts) => Program?.ScratchFloats(parts) ?? 0;

    /// <summary>The kernel, bound to memory.</summary>
    /// <param name="regionOf">The memory of the nodes that the step reads and writes.</param>
    /// <param name="scratch">As many floats as the parts need, 64-byte aligned.</param>
    /// <param name="parts">The maximum number of parts it will run in.</param>
    /// <param name="clock">The seed and step that random numbers are made from.</param>
    public unsafe Kernel Bind(Converter<Node, Region> regionOf, float* scratch, int parts, StepClock clock)
    {
        var results = new float*[Stored.Length];
        for (var i = 0; i < results.Length; i++) results[i] = Stored[i] is { } stored ? regionOf(stored).Pointer : null;
        var program = Program is null ? null : new TileKernel(Program, Array.ConvertAll(ProgramReads, regionOf), ProgramShape.ToSizes(),
            results, scratch);
        if (Single is not { } node) return program!;
        var inputs = new Region[node.InputArray.Length];
        for (var i = 0; i < inputs.Length; i++)
        {
            // Values that the program makes need not be in memory, nor do nodes whose shape alone matters.
            var input = node.InputArray[i];
            var isMade = Array.Exists(Nodes, made => ReferenceEquals(made, Storage.Of(input)) && !Stored.Contains(made));
            inputs[i] = node.Op.UsesOnlyShape(i) || isMade ? new Region(null, input.Shape.ToSizes()) : regionOf(input);
        }
        return node.Op.Compile(new Binding(node, inputs, regionOf(node), scratch + ProgramScratch(parts), clock) { Program = program });
    }
}

using SimpleFlow.Kernels;
using SimpleFlow.Kernels.Tiles;

namespace SimpleFlow.Compilation;

/// <summary>
/// One step of a plan: an operation with a kernel of its own; or a chain of elementwise operations and assignments, which run as one tile
/// program; or both in one, where a product hands its blocks on to a program, or a reduction takes its elements over from one.
/// </summary>
internal sealed class Step
{
    private readonly bool _passesOn;      // whether a product's own result is wanted by the program only, which finds it in the cache
    private readonly HashSet<Node> _singleReads, _onlyShapes;

    public Step(Operation[] nodes, Func<Operation, bool> isNeededOutside, int threads, double costWorthSplitting)
    {
        Nodes = nodes;
        Single = Array.Find(nodes, node => !IsElementwise(node));
        var chain = Array.FindAll(nodes, IsElementwise);
        if (chain.Length > 0) (Program, ProgramReads, Stored) = ProgramOf(chain, isNeededOutside);
        SingleReads = Single is null ? [] : Array.FindAll(Single.InputArray, input => !chain.Contains(Storage.Of(input)));
        _singleReads = new(SingleReads, ReferenceEqualityComparer.Instance);
        _onlyShapes = new(Single is null ? [] : Single.InputArray.Where((_, i) => Single.Op.UsesOnlyShape(i)),
            ReferenceEqualityComparer.Instance);
        if (Single is not null) _onlyShapes.ExceptWith(Single.InputArray.Where((_, i) => !Single.Op.UsesOnlyShape(i)));
        Writes = [.. Stored.OfType<Node>()];
        if (Single is not null) Writes = ReferenceEquals(nodes[0], Single) ? [Single, .. Writes] : [.. Writes, Single];
        _passesOn = chain.Length > 0 && ReferenceEquals(nodes[0], Single) && !isNeededOutside(Single);
        Cost = nodes.Sum(node => node.Op.Cost(node));
        Parts = Cost >= costWorthSplitting ? threads : 1;
    }

    /// <summary>What is computed, in order.</summary>
    public Operation[] Nodes { get; }

    /// <summary>The operation with a kernel of its own: first, if the program goes on with its result;
    /// last, if it reduces what the program makes. Null for a program alone.</summary>
    public Operation? Single { get; }

    /// <summary>What the single operation reads from memory.</summary>
    public Node[] SingleReads { get; }

    /// <summary>The program of the elementwise operations; null where there are none.</summary>
    public TileProgram? Program { get; }

    /// <summary>The program's inputs; one of them is the single operation, if that comes first.</summary>
    public Node[] ProgramReads { get; } = [];

    /// <summary>For each instruction of the program the node whose memory takes its value (a
    /// variable for an assignment), or null.</summary>
    public Node?[] Stored { get; } = [];

    /// <summary>The shape of the program's results.</summary>
    public Shape ProgramShape => Nodes.First(IsElementwise).Shape;

    /// <summary>What is read from memory that other steps, or the feed, wrote.</summary>
    public IEnumerable<Node> Reads =>
        SingleReads.Concat(ProgramReads.Where(read => !_singleReads.Contains(read) && !ReferenceEquals(Storage.Of(read), Single)));

    /// <summary>What is written to memory.</summary>
    public Node[] Writes { get; }

    /// <summary>About how many nanoseconds it takes on one thread.</summary>
    public double Cost { get; }

    /// <summary>Its additions and multiplications.</summary>
    public double Flops => Nodes.Sum(node => node.Op.Flops(node));

    /// <summary>The bytes it reads and writes in memory.</summary>
    public long Bytes =>
        sizeof(float) * Reads.Where(read => !IsOnlyShape(read)).Concat(_passesOn ? Writes[1..] : Writes)
            .Sum(node => node.Shape.ElementCount);

    /// <summary>Whether only the shape of something that is read matters.</summary>
    public bool IsOnlyShape(Node read) => _onlyShapes.Contains(read);

    /// <summary>What it computes, in one line.</summary>
    public string Title => string.Join(" → ", Nodes.Select(node => node.Op));

    /// <summary>Into how many parts it is split.</summary>
    public int Parts { get; }

    /// <summary>The scratch floats of so many parts: the program's come first.</summary>
    public long ScratchFloats(int parts) => ProgramScratch(parts) + (Single?.Op.ScratchFloats(Single, parts) ?? 0);

    private long ProgramScratch(int parts) => Program?.ScratchFloats(parts) ?? 0;

    /// <summary>The kernel, bound to memory.</summary>
    /// <param name="regionOf">Where the nodes lie that the step reads and writes.</param>
    /// <param name="scratch">As many floats as the parts want, 64-byte aligned.</param>
    /// <param name="parts">In how many parts it will run at most.</param>
    /// <param name="clock">What random numbers are made from.</param>
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
            // What the program makes need not be in memory, and neither does what is only a shape.
            var input = node.InputArray[i];
            var isMade = Array.Exists(Nodes, made => ReferenceEquals(made, Storage.Of(input)) && !Stored.Contains(made));
            inputs[i] = node.Op.UsesOnlyShape(i) || isMade ? new Region(null, input.Shape.ToSizes()) : regionOf(input);
        }
        return node.Op.Compile(new Binding(node, inputs, regionOf(node), scratch + ProgramScratch(parts), clock) { Program = program });
    }

    private static bool IsElementwise(Operation node) => node.Op is Elementwise or Assign;

    private static (TileProgram, Node[], Node?[]) ProgramOf(Operation[] nodes, Func<Operation, bool> isNeededOutside)
    {
        var inputs = new List<Node>();
        foreach (var node in nodes)
        {
            for (var i = 0; i < node.InputArray.Length; i++)
            {
                var input = node.InputArray[i];
                if (!node.Op.UsesOnlyShape(i) && !nodes.Contains(input) && !inputs.Contains(input)) inputs.Add(input);
            }
        }
        var values = new Dictionary<Node, int>(ReferenceEqualityComparer.Instance);
        for (var i = 0; i < inputs.Count; i++) values[inputs[i]] = i;

        var instructions = new List<TileInstruction>();
        var writes = new List<Node?>();
        foreach (var node in nodes)
        {
            if (node.Op is Assign)
            {
                Assign(node);
                continue;
            }
            var operands = Array.ConvertAll(node.InputArray, input => values[input]);
            var isStored = isNeededOutside(node);
            values[node] = inputs.Count + instructions.Count;
            instructions.Add(new TileInstruction(((Elementwise)node.Op).TileFunction(node.InputArray[0].ElementType), operands, isStored));
            writes.Add(isStored ? node : null);
        }
        Idioms.Merge(inputs.Count, instructions, writes);
        return (new TileProgram(inputs.Count, [.. instructions]), [.. inputs], [.. writes]);

        void Assign(Operation node)
        {
            var variable = node.InputArray[0];
            var value = values[node.InputArray[1]];
            values[node] = value;
            var maker = value - inputs.Count;
            // The value's own instruction may write straight into the variable, if nothing after it
            // reads the old elements, under whatever shape.
            bool ReadsOld(int operand) => operand < inputs.Count && ReferenceEquals(Storage.Of(inputs[operand]), variable);
            if (maker >= 0 && writes[maker] is null && !instructions.Skip(maker + 1).Any(instruction => instruction.Operands.Any(ReadsOld)))
            {
                instructions[maker] = instructions[maker] with { IsStored = true };
                writes[maker] = variable;
                return;
            }
            instructions.Add(new TileInstruction(TileCopy.Instance, [value], IsStored: true));
            writes.Add(variable);
        }
    }
}

namespace SimpleFlow.Compilation;

/// <summary>The options a plan is compiled with.</summary>
internal sealed record CompilerOptions
{
    /// <summary>How many threads a step may run on.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Whether to compile for inference instead of training: <see cref="ForInference"/>.</summary>
    public bool Inference { get; init; }

    /// <summary>Whether random ops draw by the number of a row: <see cref="DrawByRow"/>.</summary>
    public bool ByRow { get; init; }

    /// <summary>Whether the graph is the body of a scan: what is fed and what comes out lies in memory of the scan, and not in the
    /// arena.</summary>
    public bool IsBody { get; init; }

    /// <summary>Names of passes to leave out: for tests, and for learners who want to see what a pass does.</summary>
    public IReadOnlyCollection<string> Without { get; init; } = [];

    /// <summary>Cancels the compiler between two nodes, steps or results.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Whether results that never live at the same time share memory. If not, every result keeps its own memory and can be
    /// inspected after the run.</summary>
    public bool ReuseMemory { get; init; } = true;

    /// <summary>
    /// From how many estimated nanoseconds on a step is split over the threads. Handing it to the workers costs a microsecond or two: a
    /// shorter step is over before they have started.
    /// </summary>
    public double CostWorthSplitting { get; init; } = 8_000;
}

/// <summary>Turns a graph into a plan. <see cref="Compile"/> names everything that happens on the way, in order.</summary>
internal static class Compiler
{
    public static Plan Compile(Node[] outputs, IReadOnlyDictionary<Placeholder, Shape> fed, CompilerOptions options)
    {
        var cancellation = options.Cancellation;

        // Passes. Each takes a graph and returns one that means the same.
        Pass[] passes =
            [
            .. options.Inference ? [new ForInference()] : (Pass[])[],
            .. options.ByRow ? [new DrawByRow()] : (Pass[])[],
            new Specialise(fed),
            new Scans(),
            new Lower(),
            new Simplify(),
            new Join(),
            new Fold(),
            new Merge(),
            new Drop(),
            new Views(),
        ];
        (outputs, var report) = Run(passes, outputs, options);

        // Bodies. What a scan repeats is a plan of its own.
        outputs = ScanProgram.For(outputs, options);

        // Order. Nobody reads a variable's old value after its assignment.
        outputs = Order.KeepOldValues(outputs, cancellation);
        var operations = Order.Of(outputs, cancellation).Where(Storage.NeedsStep).ToList();

        // Groups. Operations that run together are one step.
        var groups = Fuse.Groups(operations, alone: options.Without.Contains(nameof(Fuse), StringComparer.Ordinal), cancellation);
        var needed = Fuse.NeededOutside(groups, outputs, cancellation);

        // Steps. The elementwise operations of a group become a tile program, and frequent chains in it become idioms.
        var steps = groups.ConvertAll(group =>
        {
            cancellation.ThrowIfCancellationRequested();
            var program = GroupProgram.Of(group, needed.Contains);
            Idioms.Merge(program.Reads.Count, program.Instructions, program.Writes);
            return new Step(group, program, needed.Contains, options.Threads, options.CostWorthSplitting);
        });

        // Memory. Every result gets a place in the arena, over an operand if possible; scratch memory follows.
        var leaves = GraphOrder.Of(outputs, valuesOnly: true, cancellation);
        var (placeholders, constants) = (leaves.OfType<Placeholder>().ToList(), leaves.OfType<Constant>().ToList());
        // One that is not fed would hold what an earlier run left there.
        if (placeholders.Find(placeholder => !fed.ContainsKey(placeholder.Origin)) is { } missing)
            throw GraphException.NotFed(missing.Origin);
        var inBuckets = InBuckets.Of(steps, outputs);
        var results = new HashSet<Node>(options.IsBody ? outputs.Select(Storage.Of) : [], ReferenceEqualityComparer.Instance);
        var memory = MemoryPlan.For(steps, outputs, options.IsBody ? constants : [.. placeholders, .. constants],
            node => inBuckets.ContainsKey(node) || results.Contains(node), options.ReuseMemory, cancellation);
        var scratch = LargestScratch(steps, cancellation);

        var variables = leaves.OfType<Variable>().Union(operations.Where(node => node.Op is Assign).Select(node => node.InputArray[0]))
            .Cast<Variable>().ToList();
        return new Plan(outputs, steps, placeholders, constants, variables, memory, inBuckets, scratch, report, fed);
    }

    private static (Node[] Outputs, List<(string Pass, int Nodes)> Report) Run(Pass[] passes, Node[] outputs, CompilerOptions options)
    {
        var report = new List<(string, int)> { ("Graph", Count(outputs)) };
        foreach (var pass in passes)
        {
            if (options.Without.Contains(pass.Name, StringComparer.Ordinal)) continue;
            outputs = pass.Run(outputs, options.Cancellation);
            report.Add((pass.Name, Count(outputs)));
        }
        return (outputs, report);

        int Count(Node[] graph) => GraphOrder.Of(graph, valuesOnly: true, options.Cancellation).Count;
    }

    private static long LargestScratch(List<Step> steps, CancellationToken cancellation)
    {
        var largest = 0L;
        foreach (var step in steps)
        {
            cancellation.ThrowIfCancellationRequested();
            largest = Math.Max(largest, step.ScratchFloats(step.Parts));
        }
        return largest;
    }
}

namespace SimpleFlow.Compilation;

/// <summary>What a plan is compiled for.</summary>
internal sealed record CompilerOptions
{
    /// <summary>On how many threads a step may run.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Whether the network is used and not trained: <see cref="ForInference"/>.</summary>
    public bool Inference { get; init; }

    /// <summary>Names of passes to leave out: for tests, and for learners who want to see what a pass does.</summary>
    public IReadOnlyCollection<string> Without { get; init; } = [];

    /// <summary>Stops the compiler at the next node, step or result.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Whether results that never live at the same time share memory; without it every result keeps its own,
    /// and can be looked at after the run.</summary>
    public bool ReuseMemory { get; init; } = true;

    /// <summary>
    /// From how many estimated nanoseconds on a step is split over the threads. Handing it to the workers costs a microsecond or two:
    /// a shorter one is over before they have started.
    /// </summary>
    public double CostWorthSplitting { get; init; } = 8_000;
}

/// <summary>Turns a graph into a plan: a visible list of passes, then the order of the steps, then their memory.</summary>
internal static class Compiler
{
    public static Plan Compile(Node[] outputs, IReadOnlyDictionary<Placeholder, Shape> fed, CompilerOptions options)
    {
        Pass[] passes =
            [
            .. options.Inference ? [new ForInference()] : (Pass[])[],
            new Specialise(fed),
            new Lower(),
            new Simplify(),
            new Join(),
            new Fold(),
            new Merge(),
            new Drop(),
        ];
        var cancellation = options.Cancellation;
        var report = new List<(string, int)> { ("Graph", Count(outputs, cancellation)) };
        foreach (var pass in passes)
        {
            if (options.Without.Contains(pass.Name, StringComparer.Ordinal)) continue;
            outputs = pass.Run(outputs, cancellation);
            report.Add((pass.Name, Count(outputs, cancellation)));
        }
        outputs = Order.KeepOldValues(outputs, cancellation);

        var operations = Order.Of(outputs, cancellation).Where(Storage.NeedsStep).ToList();
        var steps = Steps(operations, outputs, options);
        var leaves = GraphOrder.Of(outputs, valuesOnly: true, cancellation);
        var placeholders = leaves.OfType<Placeholder>().ToList();
        var constants = leaves.OfType<Constant>().ToList();
        var variables = leaves.OfType<Variable>()
            .Union(operations.Where(node => node.Op is Assign).Select(node => (Variable)node.InputArray[0])).ToList();
        var memory = MemoryPlan.For(steps, outputs, [.. placeholders, .. constants], options.ReuseMemory, cancellation);
        var scratch = 0L;
        foreach (var step in steps)
        {
            cancellation.ThrowIfCancellationRequested();
            scratch = Math.Max(scratch, step.ScratchFloats(step.Parts));
        }
        return new Plan(outputs, steps, placeholders, constants, variables, memory, scratch, report, fed);
    }

    private static List<Step> Steps(List<Operation> operations, Node[] outputs, CompilerOptions options)
    {
        var groups = Fuse.Steps(operations, alone: options.Without.Contains(nameof(Fuse), StringComparer.Ordinal), options.Cancellation);
        var groupOf = new Dictionary<Node, int>(ReferenceEqualityComparer.Instance);
        for (var i = 0; i < groups.Count; i++)
        {
            foreach (var node in groups[i]) groupOf[node] = i;
        }
        var needed = new HashSet<Node>(outputs.Where(output => output is not Operation { Op: Assign }).Select(Storage.Of),
            ReferenceEqualityComparer.Instance);
        foreach (var node in operations)
        {
            options.Cancellation.ThrowIfCancellationRequested();
            for (var i = 0; i < node.InputArray.Length; i++)
            {
                if (node.Op.UsesOnlyShape(i)) continue;
                var owner = Storage.Of(node.InputArray[i]);
                if (groupOf.TryGetValue(owner, out var group) && group != groupOf[node]) needed.Add(owner);
            }
        }
        return groups.ConvertAll(nodes =>
        {
            options.Cancellation.ThrowIfCancellationRequested();
            return new Step(nodes, needed.Contains, options.Threads, options.CostWorthSplitting);
        });
    }

    private static int Count(Node[] outputs, CancellationToken cancellation) =>
        GraphOrder.Of(outputs, valuesOnly: true, cancellation).Count;
}

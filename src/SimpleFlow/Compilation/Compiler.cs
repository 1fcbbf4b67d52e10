namespace SimpleFlow.Compilation;

/// <summary>What a plan is compiled for.</summary>
internal sealed record CompilerOptions
{
    /// <summary>On how many threads a step may run.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Names of passes to leave out: for tests, and for learners who want to see what a pass does.</summary>
    public IReadOnlyCollection<string> Without { get; init; } = [];
}

/// <summary>Turns a graph into a plan: a visible list of passes, then the order of the steps, then their memory.</summary>
internal static class Compiler
{
    // Handing a step to the workers costs a microsecond or two: a step this short is over before they have started.
    private const double CostWorthSplitting = 8_000;

    public static Plan Compile(Node[] outputs, IReadOnlyDictionary<Placeholder, Shape> fed, CompilerOptions options)
    {
        Pass[] passes =
        [
            new Specialise(fed),
            new Simplify(),
            new Fold(),
            new Merge(),
            new Drop(),
        ];
        var report = new List<(string, int)> { ("Graph", Count(outputs)) };
        foreach (var pass in passes)
        {
            if (options.Without.Contains(pass.Name, StringComparer.Ordinal)) continue;
            outputs = pass.Run(outputs);
            report.Add((pass.Name, Count(outputs)));
        }
        outputs = Order.KeepOldValues(outputs);

        var operations = Order.Of(outputs).Where(Storage.NeedsStep).ToList();
        var leaves = GraphOrder.Of(outputs, valuesOnly: true);
        var placeholders = leaves.OfType<Placeholder>().ToList();
        var constants = leaves.OfType<Constant>().ToList();
        var variables = leaves.OfType<Variable>().Union(operations.Where(node => node.Op is Assign).Select(node => (Variable)node.InputArray[0])).ToList();
        var memory = MemoryPlan.For(operations, outputs, [.. placeholders, .. constants]);
        var steps = operations.ConvertAll(node =>
        {
            var cost = node.Op.Cost(node);
            return new Step(node, cost >= CostWorthSplitting ? Math.Max(1, options.Threads) : 1, cost);
        });
        var scratch = steps.Count == 0 ? 0 : steps.Max(step => step.Node.Op.ScratchFloats(step.Node, step.Parts));
        return new Plan(outputs, steps, placeholders, constants, variables, memory, checked((int)scratch), report);
    }

    private static int Count(Node[] outputs) => GraphOrder.Of(outputs, valuesOnly: true).Count;
}

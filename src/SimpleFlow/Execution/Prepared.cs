using SimpleFlow.Compilation;
using SimpleFlow.Kernels;

namespace SimpleFlow.Execution;

/// <summary>
/// What predictions need of the variables alone, such as folded weights. It is computed once and kept, in variables of its own, until
/// somebody changes the variables that it was computed from.
/// </summary>
internal sealed class Prepared
{
    private readonly Executable _executable;
    private readonly VariableAccess _sources;
    private readonly Lock _refreshing = new();
    private long _version = -1;

    private Prepared(Node[] assignments, CompilerOptions options)
    {
        var plan = Compiler.Compile(assignments, new Dictionary<Placeholder, Shape>(), options with { Inference = false });
        _executable = new Executable(plan, new StepClock(), cancellation: options.Cancellation);
        _sources = new VariableAccess(GraphOrder.Of(Array.ConvertAll(assignments, one => one.InputArray[1])).OfType<Variable>(),
            written: []);
    }

    /// <summary>The graph for inference with everything that can be prepared replaced by variables, and what fills those; null if there is
    /// nothing to prepare.</summary>
    public static (Node[] Outputs, Prepared? Prepared) Of(Node[] outputs, CompilerOptions options)
    {
        if (!options.Inference) return (outputs, null);
        Pass[] passes = [new ForInference(), new FoldScales(), new PackWeights()];
        var rewritten = outputs;
        foreach (var pass in passes)
        {
            if (!options.Without.Contains(pass.Name, StringComparer.Ordinal)) rewritten = pass.Run(rewritten, options.Cancellation);
        }

        var settled = new Settled();
        var kept = new Dictionary<Node, Variable>(ReferenceEqualityComparer.Instance);
        foreach (var node in GraphOrder.Of(rewritten, cancellation: options.Cancellation)) settled.Add(node);
        var result = Rewriter.Run(rewritten, (node, inputs) =>
            node is Operation operation && !settled.Contains(node)
                ? Rewriter.With(operation, [.. operation.InputArray.Zip(inputs, (before, now) => Needed(before) ?? now)]) : node,
            options.Cancellation);
        if (kept.Count == 0) return (rewritten, null);
        try
        {
            MemoryBudget.RequireVariables(kept.Values, "What predictions prepare", "");
            foreach (var variable in kept.Values) variable.Initialize(seed: 0, stream: 0);
            return (result, new Prepared([.. kept.Select(pair => pair.Value.Assign(pair.Key))], options));
        }
        catch (MemoryException)
        {
            return (outputs, null);           // slower, but it fits
        }

        Variable? Needed(Node node)
        {
            // What depends on constants alone is folded, and variables are floats.
            if (node is not Operation || !settled.IsOfVariables(node) || Storage.Of(node) is Variable
                || node.ElementType != ElementType.Float32) return null;
            if (kept.TryGetValue(node, out var known)) return known;
            return kept[node] = new Variable($"prepared {kept.Count + 1}", node.Shape, Initializer.Zeros(), trainable: false);
        }
    }

    /// <summary>Computes it if a variable has changed since. The caller holds the variables for reading.</summary>
    public void Refresh()
    {
        if (Volatile.Read(ref _version) == _sources.Version) return;
        // Of several threads that read, the first one computes; nobody computes with what is kept before it is up to date.
        lock (_refreshing)
        {
            var version = _sources.Version;
            if (_version == version) return;
            _executable.Run();
            Volatile.Write(ref _version, version);
        }
    }
}

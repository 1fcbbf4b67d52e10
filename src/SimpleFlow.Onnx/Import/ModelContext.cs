using SimpleFlow.Onnx.Schema;

namespace SimpleFlow.Onnx;

/// <summary>What all graphs of a file share while it is read: the versions of the op sets, functions, the variables made so far.</summary>
internal sealed class ModelContext
{
    // Far more than any exporter nests, and few enough for any stack.
    private const int DeepestNesting = 64;

    private readonly Dictionary<(string Domain, string Name), FunctionProto> _functions = [];
    private readonly bool _isRepeated;
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _last = new(StringComparer.Ordinal);

    public ModelContext(ModelProto model, string file, ExternalFolder? folder)
    {
        (File, Folder) = (file, folder);
        Opsets = OpsetsOf(model.OpsetImport);
        foreach (var function in model.Functions)
        {
            if (!_functions.TryAdd((Standard(function.Domain), function.Name), function))
                throw new OnnxException($"{file}: the function '{function.Name}' is defined twice.");
        }
    }

    private ModelContext(ModelContext of, IReadOnlyDictionary<TensorProto, OnnxValue> weights, Effort effort)
    {
        (File, Folder, Opsets, _functions, Readers, Prefix, Effort, _isRepeated) =
            (of.File, of.Folder, of.Opsets, of._functions, of.Readers, of.Prefix, effort, true);
        Initializers = new(weights, ReferenceEqualityComparer.Instance);
    }

    /// <summary>The same file for a graph that is read again, such as whenever a feed brings other sizes. Its weights are given.</summary>
    public ModelContext Again(IReadOnlyDictionary<TensorProto, OnnxValue> weights, Effort effort) => new(this, weights, effort);

    /// <summary>The name of the file, for messages.</summary>
    public string File { get; }

    public ExternalFolder? Folder { get; }

    /// <summary>What reading has cost so far.</summary>
    public Effort Effort { get; } = new();

    public IReadOnlyDictionary<string, int> Opsets { get; }

    /// <summary>What reads ops in place of the table or beside it.</summary>
    public IReadOnlyDictionary<string, Func<OnnxReader, IReadOnlyList<Node>>> Readers { get; init; } =
        new Dictionary<string, Func<OnnxReader, IReadOnlyList<Node>>>(StringComparer.Ordinal);

    /// <summary>What the names of variables and nodes begin with: a body must not have those of the network that it is in.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>The first numbers of a weight that was taken out of the file; null if all are in it.</summary>
    public Func<string, Initializer>? Elsewhere { get; init; }

    public List<Variable> Variables { get; } = [];

    /// <summary>What an initializer became: a body that is read for each step of a loop has one set of weights.</summary>
    public Dictionary<TensorProto, OnnxValue> Initializers { get; } = new(ReferenceEqualityComparer.Instance);

    public FunctionProto? Function(NodeProto node) => _functions.GetValueOrDefault((Standard(node.Domain), node.OpType));

    /// <summary>The standard op set has two names.</summary>
    public static string Standard(string domain) => string.Equals(domain, "ai.onnx", StringComparison.Ordinal) ? "" : domain;

    public static Dictionary<string, int> OpsetsOf(IEnumerable<OperatorSetIdProto> imports) =>
        imports.GroupBy(import => Standard(import.Domain), StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => (int)Math.Clamp(group.Max(import => import.Version), 0, int.MaxValue),
                StringComparer.Ordinal);

    /// <summary>Refuses graphs within graphs beyond what any stack holds.</summary>
    public void RequireDepth(int depth)
    {
        if (depth > DeepestNesting)
            throw new OnnxException($"{File}: graphs and functions are nested more than {DeepestNesting} deep.");
    }

    private int _stream;

    /// <summary>A stream that no other random op of the model draws from.</summary>
    /// <exception cref="OnnxException">The op would be another one whenever the graph is read again.</exception>
    public int NextStream() => _isRepeated
        ? throw new OnnxException("random numbers are not supported in a branch or loop that sizes choose.") : _stream++;

    /// <summary>A variable under a name that no other has.</summary>
    public Variable NewVariable(string name, Shape shape, Initializer first, bool trainable)
    {
        var wanted = Prefix + (name.Length == 0 ? "weight" : name);
        var free = wanted;
        while (!_names.Add(free)) free = $"{wanted} {_last[wanted] = _last.GetValueOrDefault(wanted, 1) + 1}";
        var variable = new Variable(free, shape, first, trainable, File, 0);
        Variables.Add(variable);
        return variable;
    }
}

namespace SimpleFlow.Onnx.Export;

/// <summary>Names of values: in ONNX each names one thing, while two layers of a graph may share a name. The first one keeps it.</summary>
internal sealed class UniqueNames
{
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _last = new(StringComparer.Ordinal);

    public bool Has(string name) => _taken.Contains(name);

    public string Of(string wanted)
    {
        if (_taken.Add(wanted)) return wanted;
        var number = _last.GetValueOrDefault(wanted, 1);
        string name;
        do name = $"{wanted}_{++number}";
        while (!_taken.Add(name));
        _last[wanted] = number;
        return name;
    }
}

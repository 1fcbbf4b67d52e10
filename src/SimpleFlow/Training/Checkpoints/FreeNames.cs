namespace SimpleFlow;

/// <summary>Names of tensors in one file: each is given once.</summary>
/// <param name="taken">Those that are given already.</param>
internal sealed class FreeNames(IEnumerable<string> taken)
{
    // The format keeps the first for itself.
    private readonly HashSet<string> _taken = new(taken.Prepend(SafetensorsHeader.MetadataName), StringComparer.Ordinal);
    private readonly Dictionary<string, int> _last = new(StringComparer.Ordinal);

    /// <summary>Takes a name if it is free.</summary>
    public bool Take(string name) => _taken.Add(name);

    /// <summary>Takes a name, or what comes of it with the first number from 2 on that is free.</summary>
    public string Next(string name)
    {
        if (_taken.Add(name)) return name;
        var number = _last.GetValueOrDefault(name, 1);
        string free;
        do free = $"{name}#{++number}"; while (!_taken.Add(free));
        _last[name] = number;
        return free;
    }
}

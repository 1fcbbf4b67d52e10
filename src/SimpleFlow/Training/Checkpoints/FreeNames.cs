namespace SimpleFlow;

/// <summary>Hands out the names of tensors in one file, each once.</summary>
/// <param name="taken">The names that are already taken.</param>
internal sealed class FreeNames(IEnumerable<string> taken)
{
    // The format reserves the first.
    private readonly HashSet<string> _taken = new(taken.Prepend(SafetensorsHeader.MetadataName), StringComparer.Ordinal);
    private readonly Dictionary<string, int> _last = new(StringComparer.Ordinal);

    /// <summary>Takes a name if it is free.</summary>
    public bool Take(string name) => _taken.Add(name);

    /// <summary>Takes a name; if it is not free, appends the first number from 2 on that makes it free.</summary>
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

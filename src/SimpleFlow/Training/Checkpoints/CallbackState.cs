using System.Text.Json.Serialization;

namespace SimpleFlow;

/// <summary>What a callback remembers from step to step, apart from how it was made.</summary>
public sealed class CallbackState
{
    /// <summary>What the names of tensors in a file begin with that are no variables, unless a variable has the name.</summary>
    internal const string Prefix = "callback ";

    /// <summary>The callback's type, to find out that others are used when a training goes on.</summary>
    public string Callback { get => field ?? ""; init; }

    /// <summary>Numbers by their names.</summary>
    // Where a file does not name it, the reader that is generated sets null rather than leave what stands here.
    public Dictionary<string, double> Numbers { get => field ??= new(StringComparer.Ordinal); init; }

    /// <summary>Longer rows of numbers by their names.</summary>
    [JsonIgnore]
    public Dictionary<string, float[]> Tensors { get; } = new(StringComparer.Ordinal);

    /// <summary>Under which names of a file the <see cref="Tensors"/> stand.</summary>
    [JsonInclude, JsonPropertyName("tensors")]
    internal Dictionary<string, string> Places { get => field ??= new(StringComparer.Ordinal); init; }

    /// <summary>A number.</summary>
    /// <exception cref="DataException">It was not saved.</exception>
    public double Number(string name) => Numbers.TryGetValue(Required.Value(name), out var number) ? number
        : throw new DataException($"The checkpoint does not have what {Callback} remembers as `{name}`.");

    /// <summary>A number that counts something.</summary>
    /// <exception cref="DataException">It was not saved, or counts nothing.</exception>
    internal long Count(string name) => Number(name) is >= 0 and <= 1L << 53 and var number && number == Math.Floor(number) ? (long)number
        : throw new DataException($"The checkpoint has {Number(name)} where {Callback} remembers `{name}`, which counts something.");

    /// <summary>Puts the tensors among those of a file, under names that are free there.</summary>
    internal void Put(int index, Dictionary<string, WrittenTensor> tensors, FreeNames names)
    {
        foreach (var (name, values) in Tensors)
        {
            var place = Places[name] = names.Next($"{Prefix}{index}/{name}");
            tensors[place] = new WrittenTensor([values.Length], values);
        }
    }

    /// <summary>Takes the tensors from those of a file.</summary>
    /// <exception cref="DataException">One is not there.</exception>
    internal void Take(int index, IReadOnlyDictionary<string, NamedTensor> tensors, int version)
    {
        var prefix = $"{Prefix}{index}/";
        var places = version > 1 ? Places : tensors.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(name => name[prefix.Length..], StringComparer.Ordinal);
        foreach (var (name, place) in places)
        {
            Tensors[name] = tensors.TryGetValue(place, out var tensor) && tensor.Shape.Count == 1 ? tensor.Values
                : throw new DataException($"The checkpoint does not have what {Callback} remembers as `{name}`.");
        }
    }
}

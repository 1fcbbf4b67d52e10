using System.Text.Json.Serialization;

namespace SimpleFlow;

/// <summary>The state that a callback keeps from step to step, apart from its settings.</summary>
public sealed class CallbackState
{
    /// <summary>The prefix of the names of tensors that are not variables, unless a variable has such a name.</summary>
    internal const string Prefix = "callback ";

    /// <summary>The callback's type, to detect that training resumes with others.</summary>
    public string Callback { get => field ?? ""; init; }

    /// <summary>Numbers by their names.</summary>
    // If a file does not name it, the generated reader sets null instead of keeping this value.
    public Dictionary<string, double> Numbers { get => field ??= new(StringComparer.Ordinal); init; }

    /// <summary>Longer rows of numbers by their names.</summary>
    [JsonIgnore]
    public Dictionary<string, float[]> Tensors { get; } = new(StringComparer.Ordinal);

    /// <summary>The names of the <see cref="Tensors"/> in the file.</summary>
    [JsonInclude, JsonPropertyName("tensors")]
    internal Dictionary<string, string> Places { get => field ??= new(StringComparer.Ordinal); init; }

    /// <summary>A number.</summary>
    /// <exception cref="DataException">It was not saved.</exception>
    public double Number(string name) => Numbers.TryGetValue(Required.Value(name), out var number) ? number
        : throw new DataException($"The checkpoint lacks what {Callback} saves as `{name}`.");

    /// <summary>A number that counts something.</summary>
    /// <exception cref="DataException">It was not saved, or is not a count.</exception>
    internal long Count(string name) => Number(name) is >= 0 and <= 1L << 53 and var number && number == Math.Floor(number) ? (long)number
        : throw new DataException($"The checkpoint has {Number(name)} where {Callback} saves `{name}`, which is a count.");

    /// <summary>Adds the tensors to those of a file, under names that are free there.</summary>
    internal void Put(int index, Dictionary<string, WrittenTensor> tensors, FreeNames names)
    {
        foreach (var (name, values) in Tensors)
        {
            var place = Places[name] = names.Next($"{Prefix}{index}/{name}");
            tensors[place] = new WrittenTensor([values.Length], values);
        }
    }

    /// <summary>Reads the tensors of a file.</summary>
    /// <exception cref="DataException">One is missing.</exception>
    internal void Take(int index, SafetensorsReader file, int version)
    {
        var prefix = $"{Prefix}{index}/";
        var places = version > 1 ? Places
            : file.Places.Select(one => one.Name).Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(name => name[prefix.Length..], StringComparer.Ordinal);
        foreach (var (name, place) in places)
        {
            Tensors[name] = file.Find(place) is { Shape.Length: 1 } tensor ? file.Read(tensor).Values
                : throw new DataException($"The checkpoint lacks what {Callback} saves as `{name}`.");
        }
    }
}

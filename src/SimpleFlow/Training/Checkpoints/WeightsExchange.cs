using System.IO.Enumeration;

namespace SimpleFlow;

/// <summary>Reads some of the weights in a file that other programs write and read too, by their names.</summary>
internal static class WeightsExchange
{
    /// <summary>Reads every variable, each under its own name.</summary>
    public static void Read(Model model, string path)
    {
        var variables = SavedVariables.Named(model.Variables);
        // What does not fit is refused by its names and shapes: a compressed file of kilobytes can unpack to gigabytes.
        var tensors = WeightsFile.Read(path, shapes =>
        {
            SavedVariables.Compare(path, shapes, variables);
            return _ => true;
        });
        SavedVariables.Set(path, tensors, variables);
    }

    /// <summary>Reads the variables whose names fit a pattern and that the file has under the same name.</summary>
    public static LoadedWeights Read(Model model, string path, string pattern)
    {
        return Read(model, path, inFile =>
        {
            var own = SavedVariables.Named(model.Variables).Select(one => one.Name).ToList();
            var names = own
                .Where(name => inFile.Contains(name) && FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false))
                .ToDictionary(name => name, StringComparer.Ordinal);
            return names.Count > 0 ? names
                : throw new DataException(
                    $"{path} and the model have no name in common that fits '{pattern}'. The model has {Listed(own)}; the file has "
                        + $"{Listed(inFile)}.");
        });
    }

    /// <summary>Reads the variables that are named, each from the tensor named for it.</summary>
    public static LoadedWeights Read(Model model, string path, IReadOnlyDictionary<string, string> names)
    {
        return Read(model, path, inFile =>
        {
            var known = SavedVariables.Named(model.Variables).Select(one => one.Name).ToHashSet(StringComparer.Ordinal);
            if (names.Keys.Where(name => !known.Contains(name)).ToList() is { Count: > 0 } strangers)
                throw new DataException($"The model has no variables {Listed(strangers)}; it has {Listed(known)}.");
            if (names.Values.Where(name => !inFile.Contains(name)).ToList() is { Count: > 0 } missing)
                throw new DataException($"{path} has no tensors {Listed(missing)}; it has {Listed(inFile)}.");
            return names;
        });
    }

    // From what the file has follows which variable takes which tensor; what does not fit is refused by its shape, before it is unpacked.
    private static LoadedWeights Read(Model model, string path, Func<IReadOnlySet<string>, IReadOnlyDictionary<string, string>> choose)
    {
        var all = SavedVariables.Named(model.Variables);
        var (inFile, names, taken) = (new HashSet<string>(StringComparer.Ordinal),
            (IReadOnlyDictionary<string, string>)new Dictionary<string, string>(StringComparer.Ordinal), all);
        var tensors = WeightsFile.Read(path, contents =>
        {
            var shapes = contents.ToDictionary(one => one.Name, one => one.Shape, StringComparer.Ordinal);
            inFile = [.. shapes.Keys];
            names = choose(inFile);
            taken = [.. all.Where(one => names.ContainsKey(one.Name))];
            SavedVariables.Compare(path, names.Select(one => (one.Key, shapes[one.Value])), taken);
            return names.Values.ToHashSet(StringComparer.Ordinal).Contains;
        });
        SavedVariables.Set(path, names.ToDictionary(one => one.Key, one => tensors[one.Value], StringComparer.Ordinal), taken);
        var used = names.Values.ToHashSet(StringComparer.Ordinal);
        return new LoadedWeights(
            [.. taken.Select(one => (one.Name, names[one.Name]))], [.. all.Select(one => one.Name).Where(name => !names.ContainsKey(name))],
            [.. inFile.Where(name => !used.Contains(name)).Order(StringComparer.Ordinal)]);
    }

    private static string Listed(IEnumerable<string> names) => SavedVariables.Listed(names.Order(StringComparer.Ordinal));
}

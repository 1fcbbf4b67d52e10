using System.IO.Enumeration;

namespace SimpleFlow;

/// <summary>The weights of a model alone, in files that other programs write and read too.</summary>
public static class WeightsExchange
{
    extension(Model model)
    {
        /// <summary>
        /// Writes the variables of the graph, and nothing else, into a <c>.safetensors</c> or an <c>.npz</c> file, each under its name and
        /// as float32. The weights of a dense layer are [inputs, units]. Two variables of the same name become <c>name</c> and
        /// <c>name#2</c>, in the order of <see cref="Model.Variables"/>.
        /// </summary>
        /// <exception cref="DataException">The file's name ends in something else.</exception>
        /// <exception cref="IOException">The file cannot be written.</exception>
        /// <exception cref="InvalidOperationException">The model is in use.</exception>
        public void SaveWeights(string path)
        {
            ArgumentNullException.ThrowIfNull(model);
            using var _ = model.Enter();
            SavedVariables.Write(SavedVariables.Named(model.Variables), tensors => WeightsFile.Write(path, tensors));
        }

        /// <summary>
        /// Reads weights that <c>SaveWeights</c> or another program wrote: every variable of the graph under its name and in its shape,
        /// and no other. The optimizer's state, the number of steps and the history stay as they are.
        /// Numbers of other types become float32.
        /// </summary>
        /// <exception cref="DataException">There is no such file, its name ends in something else, it is damaged, or names or shapes
        /// differ; the message lists which, and no variable has changed.</exception>
        /// <exception cref="IOException">The file cannot be read.</exception>
        /// <exception cref="InvalidOperationException">The model is in use.</exception>
        public void LoadWeights(string path)
        {
            ArgumentNullException.ThrowIfNull(model);
            using var _ = model.Enter();
            Read(model, path);
        }

        /// <summary>
        /// Reads some weights of a file and leaves the other variables as they are: <c>LoadWeights("bert.safetensors", "encoder/*")</c>
        /// takes every variable whose name fits and that the file has under the same name, and <c>"*"</c> all that both have.
        /// </summary>
        /// <param name="path">The file, as for <c>LoadWeights(path)</c>.</param>
        /// <param name="pattern">The names to take; <c>*</c> stands for any characters or none, <c>?</c> for one.</param>
        /// <returns>What was taken, what was left as it is, and what the file has besides.</returns>
        /// <exception cref="DataException">There is no such file, it is damaged, no variable and tensor fit the pattern, or a shape
        /// differs; no variable has changed.</exception>
        /// <exception cref="IOException">The file cannot be read.</exception>
        /// <exception cref="InvalidOperationException">The model is in use.</exception>
        public LoadedWeights LoadWeights(string path, string pattern)
        {
            ArgumentNullException.ThrowIfNull(model);
            ArgumentException.ThrowIfNullOrEmpty(pattern);
            using var _ = model.Enter();
            return Read(model, path, pattern);
        }

        /// <summary>Reads some weights of a file, whose names there differ, and leaves the other variables as they are:
        /// <c>new() { ["dense/w"] = "fc.weight" }</c>.</summary>
        /// <param name="path">The file, as for <c>LoadWeights(path)</c>.</param>
        /// <param name="names">For the name of each variable to read the name of its tensor in the file.</param>
        /// <returns>What was taken, what was left as it is, and what the file has besides.</returns>
        /// <exception cref="DataException">There is no such file, it is damaged, a name is not one of the model or not in the file, or a
        /// shape differs; the message lists which, and no variable has changed.</exception>
        /// <exception cref="IOException">The file cannot be read.</exception>
        /// <exception cref="InvalidOperationException">The model is in use.</exception>
        public LoadedWeights LoadWeights(string path, IReadOnlyDictionary<string, string> names)
        {
            ArgumentNullException.ThrowIfNull(model);
            ArgumentNullException.ThrowIfNull(names);
            using var _ = model.Enter();
            return Read(model, path, names);
        }
    }

    /// <summary>Reads every variable, each under its own name.</summary>
    private static void Read(Model model, string path)
    {
        var variables = SavedVariables.Named(model.Variables);
        // What does not fit is refused by its names and shapes: a compressed file of kilobytes can unpack to gigabytes.
        WeightsFile.Read(path, shapes =>
        {
            SavedVariables.Compare(path, shapes, variables);
            return variables;
        });
    }

    /// <summary>Reads the variables whose names fit a pattern and that the file has under the same name.</summary>
    private static LoadedWeights Read(Model model, string path, string pattern)
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
    private static LoadedWeights Read(Model model, string path, IReadOnlyDictionary<string, string> names)
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
        WeightsFile.Read(path, contents =>
        {
            var shapes = contents.ToDictionary(one => one.Name, one => one.Shape, StringComparer.Ordinal);
            inFile = [.. shapes.Keys];
            names = choose(inFile);
            taken = [.. all.Where(one => names.ContainsKey(one.Name))];
            SavedVariables.Compare(path, names.Select(one => (one.Key, shapes[one.Value])), taken);
            return [.. taken.Select(one => (names[one.Name], one.Variable))];
        });
        var used = names.Values.ToHashSet(StringComparer.Ordinal);
        return new LoadedWeights(
            [.. taken.Select(one => (one.Name, names[one.Name]))], [.. all.Select(one => one.Name).Where(name => !names.ContainsKey(name))],
            [.. inFile.Where(name => !used.Contains(name)).Order(StringComparer.Ordinal)]);
    }

    private static string Listed(IEnumerable<string> names) => SavedVariables.Listed(names.Order(StringComparer.Ordinal));
}

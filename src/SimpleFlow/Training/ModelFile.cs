using System.Text.Json;

namespace SimpleFlow;

/// <summary>Writes all of a model except its graph into a safetensors file, and reads it back into the same graph: variables, the
/// optimizer's state, the count of steps, the history, and the position of a fit.</summary>
internal static class ModelFile
{
    private const string StateEntry = "simpleflow.training";

    // What a person reads.
    private const int MostDifferences = 5;

    /// <summary>Writes a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="path">The file.</param>
    /// <param name="fit">The state of its fit; null for a model alone.</param>
    /// <param name="files">Where to write.</param>
    /// <param name="history">Files in the same folder for the epochs that other checkpoints hold too; null:
    /// the file has all epochs.</param>
    /// <exception cref="SaveException">The file cannot be written, or could not be read again; the old one is unchanged.</exception>
    public static void Save(Model model, string path, FitState? fit, FileLayer files, HistoryFiles? history = null)
    {
        var (variables, gathered) = Remembered(model);
        var epochs = model.History.Epochs;
        var (before, earlier) = history?.Write(epochs) ?? (0, null);
        SavedVariables.Write(variables.Concat(gathered), tensors =>
        {
            var names = new FreeNames(tensors.Keys);
            foreach (var (index, callback) in (fit?.Callbacks ?? []).Index()) callback.Put(index, tensors, names);
            var graph = names.Next("graph");
            var packed = model.Graph.Packed;
            tensors[graph] = new WrittenTensor([packed.Length], new StoredNumbers(StoredNumber.Byte, packed));
            var state = new TrainingState(TrainingState.CurrentVersion, model.Seed, model.Iterations, fit,
                [.. gathered.Select(one => one.Name)], graph)
            { Apart = model.Updates?.Apart is { Count: > 0 } apart ? apart : null };
            SafetensorsFile.Write(path, tensors, new Dictionary<string, string>(StringComparer.Ordinal)
            {
                [SavedHistory.Entry] = SavedHistory.Put(epochs, before, epochs.Count, earlier, tensors, names),
                [StateEntry] = JsonSerializer.Serialize(state, StateJson.Default.TrainingState),
            }, files);
        });
    }

    /// <summary>Reads what <see cref="Save"/> wrote into a model with the same variables.</summary>
    /// <exception cref="DataException">There is no such file, it is damaged, or its variables differ;
    /// the message lists what differs.</exception>
    public static void Load(Model model, string path)
    {
        using var file = SafetensorsReader.Open(path, requireChecksum: true);
        ReadState(model, file, StateOf(file));
    }

    /// <summary>Reads the newest checkpoint of a folder into a model, to resume its fit. Null if there is none.</summary>
    /// <param name="model">The model.</param>
    /// <param name="folder">The folder of the checkpoints.</param>
    /// <param name="settings">The settings of the fit that resumes.</param>
    /// <param name="dataOfVersion1">The fingerprints of the data as version 1 had them.</param>
    /// <param name="order">How many rows and batches an epoch has.</param>
    /// <param name="isValidated">Whether there are data to validate with.</param>
    /// <param name="ranks">With how many ranks the fit runs.</param>
    /// <exception cref="DataException">What was saved is of another graph or another fit; the message lists what differs.</exception>
    public static FitState? Resume(Model model, string folder, FitSettings settings, Func<IReadOnlyList<string>> dataOfVersion1,
        EpochOrder order, bool isValidated, int ranks = 1)
    {
        if (CheckpointFolder.Newest(folder) is not { } newest) return null;
        using var file = newest.File;
        var state = StateOf(file, newest.History);
        var fit = state.Fit ?? throw new DataException($"{file.Path} holds a model, but no training to resume: load it instead.");
        var here = state.Version == 1 ? settings with { Data = dataOfVersion1() } : settings;
        var differences = fit.Settings.DifferencesFrom(here, ranks).ToList();
        var watched = model.Graph.Totals.Length;
        // Before version 3, losses that are not means were summed in another way. At the end of an epoch they are not needed.
        if (state.Version < 3 && fit.Batch == 0) fit = fit with { Sums = new double[watched] };
        if (fit.Sums.Length != watched)
            differences.Add($"it watches {NumberText.Count(fit.Sums.Length, "loss or metric", "losses and metrics")} and not {watched}");
        differences.AddRange(GraphDifferences(model, file, state).Take(Math.Max(0, MostDifferences - differences.Count)));
        if (differences.Count == 0 && fit.Disagreement(state.History!, model.Graph.MetricNames, isValidated, order) is { } disagreement)
            differences.Add(disagreement);
        if (differences.Count > 0) throw new DataException($"{file.Path} is of another training: {string.Join("; ", differences)}.");
        foreach (var (index, callback) in fit.Callbacks.Index()) callback.Take(index, file, state.Version);
        ReadState(model, file, state, needsGathered: fit.Settings.Accumulate > 1);
        return fit;
    }

    /// <summary>Whether a file is one that <see cref="Save"/> wrote.</summary>
    public static bool IsOf(SafetensorsReader file) => file.Metadata.ContainsKey(StateEntry);

    private static IEnumerable<string> GraphDifferences(Model model, SafetensorsReader file, TrainingState state)
    {
        IReadOnlyList<string> here = SavedGraph.Lines(model.Graph.Order);
        if (state.GraphPlace is not null) here = [.. here.Select(SavedGraph.OneLine)];
        var there = state.GraphPlace is null ? state.Graph! : file.Find(state.GraphPlace) is { } place && place.Type == StoredNumber.Byte
            ? SavedGraph.Unpack(file.ReadBytes(place), here.Select(line => line.Length).DefaultIfEmpty(0).Max(), file.Damaged)
            : throw file.Damaged($"lacks '{Quotation.Of(state.GraphPlace)}', its graph");
        // Later versions compute some metrics by other nodes, which come last and change nothing that is trained.
        var compared = state.Version == 1 ? GraphOrder.Of([.. model.Losses, .. model.Predictions]).Count : int.MaxValue;
        using var lines = there.GetEnumerator();
        for (var i = 0; i < compared; i++)
        {
            var (saved, own) = (lines.MoveNext() ? lines.Current : null, here.ElementAtOrDefault(i));
            if (saved is null && own is null) break;
            if (saved != own) yield return $"node {i} is `{saved ?? "nothing"}` there and `{own ?? "nothing"}` here";
        }
    }

    // Everything that a step reads and writes: the variables of the graph, those of the optimizer, and gradients that are not applied yet.
    // What comes later takes no name away.
    private static (IReadOnlyList<(string Name, Variable Variable)> Variables,
        IReadOnlyList<(string Name, Variable Variable)> Gathered) Remembered(Model model)
    {
        var graph = SavedVariables.Named(model.Variables);
        var kept = SavedVariables.Named((model.Steps?.Remembered ?? []).Except(model.Variables),
            graph.Select(one => one.Name));
        IReadOnlyList<(string Name, Variable Variable)> all = [.. graph, .. kept];
        return (all, SavedVariables.Named(model.Steps?.Gathered ?? [], all.Select(one => one.Name)));
    }

    // Until version 0.1.0 optimizers also kept state of variables that no gradient reaches.
    private static bool IsOfUntrained(Model model, string tensor) => model.Variables.Any(variable =>
        variable.IsTrainable && model.Updates?.Variables.Contains(variable) != true
            && tensor.StartsWith($"{variable.Name}/", StringComparison.Ordinal));

    private static TrainingState StateOf(SafetensorsReader file, IReadOnlyList<EpochResult>? history = null)
    {
        if (!file.Metadata.TryGetValue(StateEntry, out var json))
            throw new DataException($"{file.Path} holds tensors, but no trained model.");
        try
        {
            var state = JsonSerializer.Deserialize(json, StateJson.Default.TrainingState) ?? throw new JsonException("it is null");
            if (state.Version > TrainingState.CurrentVersion)
                throw new DataException($"{file.Path} was written by a newer version of SimpleFlow.");
            if (state.Version >= 4)
            {
                state = state with { Saved = SavedHistory.Of(file) ?? throw file.Damaged("lacks its history") };
                state = state with { History = history ?? HistoryFiles.Read(file, state.Saved) };
            }
            return state.Fault() is { } fault ? throw new JsonException($"it has {fault}") : state;
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException or ArgumentException
            or InvalidOperationException)
        {
            throw new DataException($"{file.Path} has a training state that cannot be read: {exception.Message}", exception);
        }
    }

    private static void ReadState(Model model, SafetensorsReader file, TrainingState state, bool needsGathered = false)
    {
        var before = model.Updates;
        if (state.Apart?.SelectMany(places => places).Any(place => place < 0 || place >= model.Updates?.Variables.Count) == true)
            throw new DataException($"{file.Path} was saved by a model that trains more variables.");
        if (before is not null && before.Apart.Count + (state.Apart?.Count ?? 0) > 0) model.Updates = before.With(state.Apart ?? []);
        try
        {
            SetVariables(model, file, state, needsGathered);
        }
        catch
        {
            model.Updates = before;
            throw;
        }
        (model.Clock.Seed, model.Clock.Step) = (state.Seed, state.Step);
        model.History.Replace(state.History!);
    }

    private static void SetVariables(Model model, SafetensorsReader file, TrainingState state, bool needsGathered)
    {
        // The state of callbacks is theirs, and what is gathered over batches belongs to one fit: a model saved alone begins without
        // either.
        var (variables, gathered) = Remembered(model);
        var names = gathered.Select(one => one.Name).ToHashSet(StringComparer.Ordinal);
        var rateName = variables.FirstOrDefault(one => ReferenceEquals(one.Variable, model.Optimizer?.Rate)).Name;
        if (rateName is not null && file.Find(rateName) is { Count: 1 } place && file.Read(place).Values[0] is var own
            && !model.Optimizer!.Takes(own))
            throw new DataException(
                $"{file.Path} has the learning rate {own}, and {model.Optimizer.GetType().Name} takes one from 0 to "
                    + $"{model.Optimizer.LargestRate:G2}.");
        SavedVariables.Read(file, [.. variables, .. gathered], mayLack: name => !needsGathered && names.Contains(name),
            mayHave: name => state.IsBeside(name) || IsOfUntrained(model, name));
        if (state.OwnRate is { } rate && model.Optimizer is not null) model.Optimizer.LearningRate = rate;
    }
}

using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using SimpleFlow.Kernels;

namespace SimpleFlow;

/// <summary>Writes all of a model except its graph into a safetensors file, and reads it back into the same graph: variables, the
/// optimizer's state, the count of steps, the history, and the position of a fit.</summary>
internal static class ModelFile
{
    private const string StateEntry = "simpleflow.training";

    /// <summary>Writes a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="path">The file.</param>
    /// <param name="fit">The state of its fit; null for a model alone.</param>
    /// <param name="files">Where to write.</param>
    /// <exception cref="SaveException">The file cannot be written; the old one is unchanged.</exception>
    public static void Save(Model model, string path, FitState? fit, FileLayer files)
    {
        var (variables, gathered) = Remembered(model);
        SavedVariables.Write(variables.Concat(gathered), tensors =>
        {
            var names = new FreeNames(tensors.Keys);
            foreach (var (index, callback) in (fit?.Callbacks ?? []).Index()) callback.Put(index, tensors, names);
            var state = new TrainingState(
                TrainingState.CurrentVersion, model.Seed, model.Iterations, GraphLines(model), model.History.Epochs, fit,
                [.. gathered.Select(one => one.Name)]);
            var texts = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                [StateEntry] = JsonSerializer.Serialize(state,
                StateJson.Default.TrainingState)
            };
            SafetensorsFile.Write(path, tensors, texts, files);
        });
    }

    /// <summary>Reads what <see cref="Save"/> wrote into a model with the same variables.</summary>
    /// <exception cref="DataException">There is no such file, it is damaged, or its variables differ;
    /// the message lists what differs.</exception>
    public static void Load(Model model, string path)
    {
        var (tensors, metadata) = SafetensorsFile.Read(path, requireChecksum: true);
        ReadState(model, path, tensors, StateOf(path, metadata));
    }

    /// <summary>Reads the newest checkpoint of a folder into a model, to resume its fit. Null if there is none.</summary>
    /// <param name="model">The model.</param>
    /// <param name="folder">The folder of the checkpoints.</param>
    /// <param name="settings">The settings of the fit that resumes.</param>
    /// <param name="dataOfVersion1">The fingerprints of the data as version 1 had them.</param>
    /// <param name="order">How many rows and batches an epoch has.</param>
    /// <param name="isValidated">Whether there are data to validate with.</param>
    /// <exception cref="DataException">What was saved is of another graph or another fit; the message lists what differs.</exception>
    public static FitState? Resume(Model model, string folder, FitSettings settings, Func<IReadOnlyList<string>> dataOfVersion1,
        EpochOrder order, bool isValidated)
    {
        if (CheckpointFolder.Newest(folder) is not { } newest) return null;
        var state = StateOf(newest.Path, newest.Metadata);
        var fit = state.Fit ?? throw new DataException($"{newest.Path} holds a model, but no training to resume: load it instead.");
        var differences = fit.Settings.DifferencesFrom(state.Version == 1 ? settings with { Data = dataOfVersion1() } : settings).ToList();
        var watched = model.Graph.Totals.Length;
        // Before version 3, losses that are not means were summed in another way. At the end of an epoch they are not needed.
        if (state.Version < 3 && fit.Batch == 0) fit = fit with { Sums = new double[watched] };
        if (fit.Sums.Length != watched)
            differences.Add($"it watches {NumberText.Count(fit.Sums.Length, "loss or metric", "losses and metrics")} and not {watched}");
        var lines = GraphLines(model);
        // Later versions compute some metrics by other nodes, which come last and change nothing that is trained.
        var compared = state.Version == 1 ? GraphOrder.Of([.. model.Losses, .. model.Predictions]).Count
            : Math.Max(lines.Count, state.Graph.Count);
        for (var i = 0; i < compared && differences.Count < 5; i++)
        {
            var (saved, here) = (state.Graph.ElementAtOrDefault(i) ?? "nothing", lines.ElementAtOrDefault(i) ?? "nothing");
            if (saved != here) differences.Add($"node {i} is `{saved}` there and `{here}` here");
        }
        if (differences.Count == 0 && fit.Disagreement(state.History, model.Graph.MetricNames, isValidated, order) is { } disagreement)
            differences.Add(disagreement);
        if (differences.Count > 0) throw new DataException($"{newest.Path} is of another training: {string.Join("; ", differences)}.");
        foreach (var (index, callback) in fit.Callbacks.Index()) callback.Take(index, newest.Tensors, state.Version);
        ReadState(model, newest.Path, newest.Tensors, state, needsGathered: fit.Settings.Accumulate > 1);
        return fit;
    }

    // Everything that a step reads and writes: the variables of the graph, those of the optimizer, and gradients that are not applied yet.
    // What comes later takes no name away.
    private static (IReadOnlyList<(string Name, Variable Variable)> Variables,
        IReadOnlyList<(string Name, Variable Variable)> Gathered) Remembered(Model model)
    {
        var graph = SavedVariables.Named(model.Variables);
        var kept = SavedVariables.Named(GraphOrder.Of([.. model.Steps?.Updates ?? []]).OfType<Variable>().Except(model.Variables),
            graph.Select(one => one.Name));
        IReadOnlyList<(string Name, Variable Variable)> all = [.. graph, .. kept];
        return (all, SavedVariables.Named(model.Steps?.Gathered ?? [], all.Select(one => one.Name)));
    }

    // A line for each node, so that what differs can be said.
    private static List<string> GraphLines(Model model)
    {
        var numbers = new Dictionary<Node, int>(ReferenceEqualityComparer.Instance);
        var lines = new List<string>();
        foreach (var node in model.Graph.Order)
        {
            numbers[node] = lines.Count;
            var what = node switch
            {
                Operation operation => operation.Op.ToString(),
                Constant constant => $"constant {Identity(constant)}",
                _ => $"{(node is Variable ? "variable" : "placeholder")} {node.Name}",
            };
            lines.Add($"{what} {node.Shape} {string.Join(' ', node.InputArray.Select(input => numbers[input]))}".TrimEnd());
        }
        return lines;
    }

    // A number as it is, and many by what tells them from others.
    private static string Identity(Constant constant) => constant.Shape.Rank == 0
        ? constant.Elements[0].ToString(CultureInfo.InvariantCulture)
        : Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(constant.Elements)).AsSpan(0, 8));

    // Until version 0.1.0 optimizers also kept state of variables that no gradient reaches.
    private static bool IsOfUntrained(Model model, string tensor) => model.Variables.Any(variable =>
        variable.IsTrainable && model.Steps?.Trained.Contains(variable) != true
            && tensor.StartsWith($"{variable.Name}/", StringComparison.Ordinal));

    private static TrainingState StateOf(string path, IReadOnlyDictionary<string, string> metadata)
    {
        if (!metadata.TryGetValue(StateEntry, out var json)) throw new DataException($"{path} holds tensors, but no trained model.");
        try
        {
            var state = JsonSerializer.Deserialize(json, StateJson.Default.TrainingState) ?? throw new JsonException("it is null");
            if (state.Version > TrainingState.CurrentVersion)
                throw new DataException($"{path} was written by a newer version of SimpleFlow.");
            return state.Fault() is { } fault ? throw new JsonException($"it has {fault}") : state;
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException or ArgumentException
            or InvalidOperationException)
        {
            throw new DataException($"{path} has a training state that cannot be read: {exception.Message}", exception);
        }
    }

    private static void ReadState(
        Model model, string path, IReadOnlyDictionary<string, NamedTensor> tensors, TrainingState state, bool needsGathered = false)
    {
        // The state of callbacks is theirs, and what is gathered over batches belongs to one fit: a model saved alone begins without
        // either.
        var (variables, gathered) = Remembered(model);
        var names = gathered.Select(one => one.Name).ToHashSet(StringComparer.Ordinal);
        var rateName = variables.FirstOrDefault(one => ReferenceEquals(one.Variable, model.Optimizer?.Rate)).Name;
        if (rateName is not null && tensors.TryGetValue(rateName, out var saved) && saved.Values is [var own]
            && !model.Optimizer!.Takes(own))
            throw new DataException(
                $"{path} has the learning rate {own}, and {model.Optimizer.GetType().Name} takes one from 0 to "
                    + $"{model.Optimizer.LargestRate:G2}.");
        SavedVariables.Set(
            path, tensors, [.. variables, .. gathered], mayLack: name => !needsGathered && names.Contains(name),
            mayHave: name => state.IsOfCallback(name) || state.IsGathered(name) || IsOfUntrained(model, name));
        if (state.OwnRate is { } rate && model.Optimizer is not null) model.Optimizer.LearningRate = rate;
        (model.Clock.Seed, model.Clock.Step) = (state.Seed, state.Step);
        model.History.Replace(state.History);
    }
}

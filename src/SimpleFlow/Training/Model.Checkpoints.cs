using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using SimpleFlow.Kernels;

namespace SimpleFlow;

/// <content>Saving all that a model is beside its graph, and loading it into the same graph again.</content>
public sealed partial class Model
{
    private const string StateEntry = "simpleflow.training";

    /// <summary>
    /// Writes the variables, what the optimizer remembers, the number of steps, the seed and the history into a safetensors file:
    /// beside its place first, and moved there once it is whole. The tensors have the names of their variables;
    /// the weights of a dense layer are [inputs, units].
    /// </summary>
    /// <exception cref="SaveException">The file cannot be written; the old one is as it was.</exception>
    /// <exception cref="InvalidOperationException">The model is in use; while it is trained, a
    /// <see cref="Checkpoint"/> saves it.</exception>
    public void Save(string path)
    {
        using var _ = Enter();
        WriteState(path, fit: null, FileLayer.Disk);
    }

    /// <summary>Reads what <see cref="Save"/> or a <see cref="Checkpoint"/> wrote, into a model with the same variables.
    /// It then trains on and predicts bit for bit as the one that was saved.</summary>
    /// <exception cref="DataException">There is no such file, it is damaged, or its variables are others;
    /// the message lists what differs.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public void Load(string path)
    {
        using var _ = Enter();
        var (tensors, metadata) = SafetensorsFile.Read(path, requireChecksum: true);
        ReadState(path, tensors, StateOf(path, metadata));
    }

    // Everything that a step reads and writes: the variables of the graph, those of the optimizer, and gradients that are not applied yet.
    // What comes later takes no name away.
    private (IReadOnlyList<(string Name, Variable Variable)> Variables,
        IReadOnlyList<(string Name, Variable Variable)> Gathered) Remembered()
    {
        var graph = SavedVariables.Named(Variables);
        var kept = SavedVariables.Named(GraphOrder.Of([.. _updates]).OfType<Variable>().Except(Variables), graph.Select(one => one.Name));
        IReadOnlyList<(string Name, Variable Variable)> all = [.. graph, .. kept];
        return (all, SavedVariables.Named(_accumulation?.Sums ?? [], all.Select(one => one.Name)));
    }

    // A line for each node, so that what differs can be said.
    private List<string> GraphLines()
    {
        var order = GraphOrder.Of([.. _losses, .. _predictions, .. _metrics]);
        var numbers = new Dictionary<Node, int>(ReferenceEqualityComparer.Instance);
        var lines = new List<string>();
        foreach (var node in order)
        {
            numbers[node] = lines.Count;
            var what = node is Operation operation ? operation.Op.ToString() : node is Constant constant ? $"constant {Identity(constant)}"
                : $"{(node is Variable ? "variable" : "placeholder")} {node.Name}";
            lines.Add($"{what} {node.Shape} {string.Join(' ', node.InputArray.Select(input => numbers[input]))}".TrimEnd());
        }
        return lines;
    }

    // A number as it is, and many by what tells them from others.
    private static string Identity(Constant constant) => constant.Shape.Rank == 0
        ? constant.Elements[0].ToString(CultureInfo.InvariantCulture)
        : Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(constant.Elements)).AsSpan(0, 8));

    internal void WriteState(string path, FitState? fit, FileLayer files)
    {
        var (variables, gathered) = Remembered();
        SavedVariables.Write(variables.Concat(gathered), tensors => WriteState(path, tensors, gathered, fit, files));
    }

    private void WriteState(string path, Dictionary<string, WrittenTensor> tensors,
        IReadOnlyList<(string Name, Variable Variable)> gathered, FitState? fit, FileLayer files)
    {
        var names = new FreeNames(tensors.Keys);
        foreach (var (index, callback) in (fit?.Callbacks ?? []).Index()) callback.Put(index, tensors, names);
        var state = new TrainingState(TrainingState.CurrentVersion, Seed, _clock.Step, GraphLines(), History.Epochs, fit,
            [.. gathered.Select(one => one.Name)]);
        SafetensorsFile.Write(path, tensors,
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                [StateEntry] = JsonSerializer.Serialize(state,
                StateJson.Default.TrainingState)
            }, files);
    }

    /// <summary>Takes over where a fit stood that another process, or this one, left.</summary>
    /// <param name="folder">The folder of its checkpoints.</param>
    /// <param name="settings">What is asked for here.</param>
    /// <param name="dataOfVersion1">The fingerprints of the data as version 1 had them.</param>
    /// <param name="stepsPerEpoch">How many batches an epoch has.</param>
    /// <param name="isValidated">Whether there are data to validate with.</param>
    /// <param name="watchesTraining">Whether metrics are taken while it trains, too.</param>
    /// <exception cref="DataException">What was saved is of another graph or another fit; the message lists what differs.</exception>
    internal FitState? Resume(string folder, FitSettings settings, Func<IReadOnlyList<string>> dataOfVersion1, long stepsPerEpoch,
        bool isValidated, bool watchesTraining = true)
    {
        if (CheckpointFolder.Newest(folder) is not { } newest) return null;
        var state = StateOf(newest.Path, newest.Metadata);
        var fit = state.Fit ?? throw new DataException($"{newest.Path} holds a model, but no training to go on with: load it instead.");
        var differences = fit.Settings.DifferencesFrom(state.Version == 1 ? settings with { Data = dataOfVersion1() } : settings).ToList();
        var watched = watchesTraining ? Totals.Length : 1;
        // Until version 3 there were other sums for losses that are no means. At the end of an epoch they are not needed.
        if (state.Version < 3 && fit.Batch == 0 && watchesTraining) fit = fit with { Sums = new double[watched] };
        if (fit.Sums.Length != watched)
            differences.Add($"it watches {NumberText.Count(fit.Sums.Length, "loss or metric", "losses and metrics")} and not {watched}");
        var lines = GraphLines();
        // Later versions compute some metrics by other nodes, which come last and change nothing that is trained.
        var compared = state.Version == 1 ? GraphOrder.Of([.. _losses, .. _predictions]).Count : Math.Max(lines.Count, state.Graph.Count);
        for (var i = 0; i < compared && differences.Count < 5; i++)
        {
            var (saved, here) = (state.Graph.ElementAtOrDefault(i) ?? "nothing", lines.ElementAtOrDefault(i) ?? "nothing");
            if (saved != here) differences.Add($"node {i} is `{saved}` there and `{here}` here");
        }
        if (differences.Count == 0
            && fit.Disagreement(state.History, _metricNames, isValidated, watchesTraining, stepsPerEpoch) is { } disagreement)
            differences.Add(disagreement);
        if (differences.Count > 0) throw new DataException($"{newest.Path} is of another training: {string.Join("; ", differences)}.");
        foreach (var (index, callback) in fit.Callbacks.Index()) callback.Take(index, newest.Tensors, state.Version);
        ReadState(newest.Path, newest.Tensors, state, needsGathered: fit.Settings.Accumulate > 1);
        return fit;
    }

    // Until version 0.1.0 optimizers remembered something of variables that no gradient reaches, too.
    private bool IsOfUntrained(string tensor) =>
        Variables.Any(variable =>
            variable.IsTrainable && !_trained.Contains(variable) && tensor.StartsWith($"{variable.Name}/", StringComparison.Ordinal));

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
            throw new DataException($"{path} says something of the training that cannot be read: {exception.Message}", exception);
        }
    }

    private void ReadState(string path, IReadOnlyDictionary<string, NamedTensor> tensors, TrainingState state, bool needsGathered = false)
    {
        // What callbacks remember is theirs, and what is gathered over batches is of one fit: a model saved without it begins with nothing.
        var (variables, gathered) = Remembered();
        var names = gathered.Select(one => one.Name).ToHashSet(StringComparer.Ordinal);
        var rateName = variables.FirstOrDefault(one => ReferenceEquals(one.Variable, Optimizer?.Rate)).Name;
        if (rateName is not null && tensors.TryGetValue(rateName, out var saved) && saved.Values is [var own] && !Optimizer!.Takes(own))
            throw new DataException(
                $"{path} has the learning rate {own}, and {Optimizer.GetType().Name} takes one from 0 to {Optimizer.LargestRate:G2}.");
        SavedVariables.Set(
            path, tensors, [.. variables, .. gathered], mayLack: name => !needsGathered && names.Contains(name),
            mayHave: name => state.IsOfCallback(name) || state.IsGathered(name) || IsOfUntrained(name));
        if (state.OwnRate is { } rate && Optimizer is not null) Optimizer.LearningRate = rate;
        (Seed, _clock.Seed, _clock.Step) = (state.Seed, state.Seed, state.Step);
        History.Replace(state.History);
    }
}

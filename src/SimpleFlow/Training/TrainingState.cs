using System.Text.Json.Serialization;

namespace SimpleFlow;

/// <summary>What a checkpoint holds beside the tensors, as JSON in the file's header.</summary>
/// <param name="Version">The form of this record.</param>
/// <param name="Seed">The seed of the run.</param>
/// <param name="Step">How many training steps the model has made.</param>
/// <param name="Fit">The state of a fit; null for a model that is saved alone.</param>
/// <param name="Gathered">The tensors that hold gradients of batches which are not applied yet;
/// null in files of version 1, where their names end in <c>/gathered</c>.</param>
/// <param name="Apart">Which of the trained variables the optimizer keeps apart, because they were frozen while others were trained; null
/// if none were.</param>
/// <param name="GraphPlace">The tensor that holds the graph, a line for each node; null in files before version 4.</param>
/// <param name="Graph">The lines themselves in files before version 4.</param>
/// <param name="History">The epochs so far; in the record itself in files before version 4.</param>
internal sealed record TrainingState(int Version, ulong Seed, long Step, FitState? Fit, IReadOnlyList<string>? Gathered = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? GraphPlace = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Graph = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<EpochResult>? History = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<int[]>? Apart = null)
{
    /// <summary>
    /// Version 2 names the tensors that are not variables, hashes all rows of the data, and records the settings of callbacks.
    /// Version 3 saves the optimizer's own learning rate, which until then had the schedule's factor in it. Version 4 has the history and
    /// the graph as tensors, and the first epochs of a long history in files beside it.
    /// </summary>
    public const int CurrentVersion = 4;

    /// <summary>The text about the history in the file; null in files before version 4.</summary>
    [JsonIgnore]
    public SavedHistory? Saved { get; init; }

    /// <summary>The optimizer's own learning rate if the file holds another, that of a step within a schedule; null if the file holds the
    /// right one.</summary>
    [JsonIgnore]
    public float? OwnRate => Version < 3 && Fit is { Settings: var settings } && settings.Schedule != $"{SimpleFlow.Schedule.Constant}"
        ? settings.LearningRate : null;

    /// <summary>What is wrong with it although its types are right; null if nothing is.</summary>
    public string? Fault() =>
        Version < 1 ? $"a version {Version}" :
        Step < 0 ? "a step before the first" :
        Version < 4 && (Graph?.Contains(null!, StringComparer.Ordinal) ?? true) || (History?.Contains(null!) ?? true)
            ? "a node or an epoch that is null" :
        Version >= 4 && GraphPlace is null ? "no graph" :
        Gathered?.Contains(null!, StringComparer.Ordinal) == true ? "a name that is null" :
        Apart?.Contains(null!) == true || Apart?.SelectMany(places => places).ToList() is { } all && all.Distinct().Count() != all.Count
            ? "variables that are kept apart twice" :
        History.Index().FirstOrDefault(one => one.Item.Epoch != one.Index + 1) is { Item: { } epoch, Index: var index }
            ? $"epoch {epoch.Epoch} at place {index + 1}" :
        History.Any(one => SavedHistory.IsNoTime(one.Duration)) ? "an epoch with an invalid duration" :
        Fit?.Fault(this);

    /// <summary>Whether a tensor is not a variable but something else that was saved with them.</summary>
    public bool IsBeside(string tensor) =>
        tensor == GraphPlace || Saved?.Has(tensor) == true || IsOfCallback(tensor) || IsGathered(tensor);

    private bool IsOfCallback(string tensor) => Version == 1
        ? tensor.StartsWith(CallbackState.Prefix, StringComparison.Ordinal)
        : Fit?.Callbacks.Any(callback => callback.Places.ContainsValue(tensor)) == true;

    // Gradients that are not applied yet.
    private bool IsGathered(string tensor) =>
        Gathered?.Contains(tensor, StringComparer.Ordinal) ?? (Version == 1 && tensor.EndsWith("/gathered", StringComparison.Ordinal));
}

/// <summary>The state of a fit, between two steps.</summary>
/// <param name="Settings">Its settings.</param>
/// <param name="Epoch">How many of its epochs are done.</param>
/// <param name="Batch">How many batches of the next are done.</param>
/// <param name="Position">How many steps of the fit are done.</param>
/// <param name="Sums">The sums of loss and metrics in the epoch so far.</param>
/// <param name="SummedRows">Over how many rows.</param>
/// <param name="Elapsed">How long the epoch has taken so far.</param>
/// <param name="StopReason">Why a callback ended the fit; null if none did.</param>
/// <param name="Callbacks">The state of the callbacks.</param>
/// <param name="LearningRate">The learning rate of the last step; null in files before version 3.</param>
internal sealed record FitState(
    FitSettings Settings, int Epoch, int Batch, long Position, double[] Sums, long SummedRows, TimeSpan Elapsed, string? StopReason,
    IReadOnlyList<CallbackState> Callbacks, float? LearningRate = null)
{
    /// <summary>What is wrong with it although its types are right; null if nothing is.</summary>
    public string? Fault(TrainingState state) =>
        Callbacks.Contains(null!) ? "a callback that is null" :
        Settings.Fault() is { } fault ? fault :
        Epoch < 0 || Epoch > state.History!.Count || Batch < 0 || Position < 0 || Position > state.Step || SummedRows < 0
            || SavedHistory.IsNoTime(Elapsed) || LearningRate is { } rate && !(rate >= 0 && float.IsFinite(rate))
            ? "an impossible position in the training" :
        StopReason is "" ? "a reason to stop that is empty" :
        Callbacks.Any(callback => callback.Places.ContainsValue(null!)) ? "a name that is null" :
        Callbacks.Select(one => one.Callback).SequenceEqual(Settings.Callbacks, StringComparer.Ordinal) ? null
            : "other callbacks than its settings name";

    /// <summary>What disagrees with the fit that resumes; null if nothing does.</summary>
    /// <param name="history">The epochs that were saved.</param>
    /// <param name="metrics">The metrics of the model.</param>
    /// <param name="isValidated">Whether the fit has data to validate with.</param>
    /// <param name="order">How many rows and batches an epoch has.</param>
    public string? Disagreement(IReadOnlyList<EpochResult> history, IReadOnlyList<string> metrics, bool isValidated, EpochOrder order)
    {
        var stepsPerEpoch = (long)order.Steps;
        var isExact = Position == Epoch * stepsPerEpoch + Batch && SummedRows == Math.Min((long)Batch * Settings.BatchSize, order.Rows);
        if (Batch > stepsPerEpoch || !isExact)
            return $"it is at batch {Batch} of epoch {Epoch + 1}, step {Position}, after {NumberText.Count(SummedRows, "row")}, and "
                + $"an epoch has {NumberText.Count(stepsPerEpoch, "batch", "batches")}";
        foreach (var epoch in history.Skip(history.Count - Epoch))
        {
            if (epoch.Validation is null == isValidated)
                return $"epoch {epoch.Epoch} of its history was {(isValidated ? "not " : "")}validated";
            if (!HasMetrics(epoch.Training) || epoch.Validation is { } validation && !HasMetrics(validation))
                return $"epoch {epoch.Epoch} of its history has other metrics than "
                    + $"{(metrics.Count == 0 ? "none" : string.Join(", ", metrics))}";
        }
        return null;

        bool HasMetrics(Evaluation evaluation) => evaluation.Metrics.Count == metrics.Count && metrics.All(evaluation.Metrics.ContainsKey);
    }
}

/// <summary>How the state is written. Numbers are written so that they are read back bit for
/// bit, and NaN and infinity are allowed.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(TrainingState))]
internal sealed partial class StateJson : JsonSerializerContext;

using System.Text.Json.Serialization;

namespace SimpleFlow;

/// <summary>What a checkpoint holds beside the tensors, as JSON in the file's header.</summary>
/// <param name="Version">The form of this record.</param>
/// <param name="Seed">The seed of the run.</param>
/// <param name="Step">How many training steps the model has made.</param>
/// <param name="Graph">The graph, a line for each node.</param>
/// <param name="History">The epochs so far.</param>
/// <param name="Fit">Where a fit stands; null for a model that is saved by itself.</param>
internal sealed record TrainingState(int Version, ulong Seed, long Step, IReadOnlyList<string> Graph, IReadOnlyList<EpochResult> History, FitState? Fit)
{
    public const int CurrentVersion = 1;

    /// <summary>What is wrong with it that its types leave open; null if nothing is.</summary>
    public string? Fault() =>
        Step < 0 ? "a step before the first" :
        Graph.Contains(null!, StringComparer.Ordinal) || History.Contains(null!) ? "a node or an epoch that is null" :
        Fit is { } fit && (fit.Epoch < 0 || fit.Epoch > History.Count || fit.Batch < 0 || fit.Position < 0 || fit.SummedRows < 0 || fit.Elapsed < TimeSpan.Zero) ? "a place in the training that there is not" :
        Fit?.Callbacks.Contains(null!) == true ? "a callback that is null" :
        Fit?.Callbacks.Select(one => one.Callback).SequenceEqual(Fit.Settings.Callbacks, StringComparer.Ordinal) == false ? "other callbacks than its settings name" : null;
}

/// <summary>Where a fit stands, between two steps.</summary>
/// <param name="Settings">What was asked for.</param>
/// <param name="Epoch">How many of its epochs are done.</param>
/// <param name="Batch">How many batches of the next are done.</param>
/// <param name="Position">How many steps of the fit are done.</param>
/// <param name="Sums">The sums of loss and metrics in the epoch so far.</param>
/// <param name="SummedRows">Over how many rows.</param>
/// <param name="Elapsed">How long the epoch has taken so far.</param>
/// <param name="StopReason">Why a callback ended the fit; null if none did.</param>
/// <param name="Callbacks">What the callbacks remember.</param>
internal sealed record FitState(
    FitSettings Settings, int Epoch, int Batch, long Position, double[] Sums, long SummedRows, TimeSpan Elapsed, string? StopReason, IReadOnlyList<CallbackState> Callbacks);

/// <summary>What a callback remembers from step to step, apart from how it was made.</summary>
public sealed class CallbackState
{
    /// <summary>The callback's type, to find out that others are used when a training goes on.</summary>
    public string Callback { get => field ?? ""; init; }

    /// <summary>Numbers by their names.</summary>
    // Where a file does not name it, the reader that is generated sets null rather than leave what stands here.
    public Dictionary<string, double> Numbers { get => field ??= new(StringComparer.Ordinal); init; }

    /// <summary>Longer rows of numbers by their names.</summary>
    [JsonIgnore]
    public Dictionary<string, float[]> Tensors { get; } = new(StringComparer.Ordinal);

    /// <summary>A number.</summary>
    /// <exception cref="DataException">It was not saved.</exception>
    public double Number(string name) => Numbers.TryGetValue(Required.Value(name), out var number) ? number : throw new DataException($"The checkpoint does not have what {Callback} remembers as `{name}`.");
}

/// <summary>How the state is written. Numbers are written so that they are read back bit for bit, and NaN and infinity are allowed.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(TrainingState))]
internal sealed partial class StateJson : JsonSerializerContext;

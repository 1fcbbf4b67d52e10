using System.Text.Json;
using System.Text.Json.Serialization;

namespace SimpleFlow;

/// <summary>
/// Epochs as tensors of a file, twenty bytes each and eight for every metric: their durations in ticks, their learning rates, and a table
/// of their losses and metrics, bit for bit. This is the text beside them, which says where they are and what the columns mean.
/// </summary>
/// <param name="Before">How many epochs come before the first of these.</param>
/// <param name="Earlier">The file beside this one that ends with the epoch before; null if there is none before.</param>
/// <param name="Durations">The tensor of durations: an I64 for each epoch.</param>
/// <param name="Rates">The tensor of learning rates: an F32 for each epoch.</param>
/// <param name="Tables">The tables: one for all epochs with the same metrics, validated or not.</param>
/// <param name="Kinds">The tensor that says for each epoch which table has it, an I64; null if there is but one table.</param>
internal sealed record SavedHistory(int Before, string? Earlier, string Durations, string Rates, IReadOnlyList<SavedHistory.Table> Tables,
    string? Kinds)
{
    /// <summary>The name of the text.</summary>
    public const string Entry = "simpleflow.history";

    private const string Prefix = "history/";

    // Sums and differences of times must not overflow. Nobody trains for a century.
    private static readonly TimeSpan LongestTime = TimeSpan.FromDays(36_525);

    /// <summary>The losses and metrics of some epochs.</summary>
    /// <param name="Place">The tensor: F64, a row for each epoch. First comes the loss in training, then its metrics; then the loss in
    /// validation and its metrics, if there was one.</param>
    /// <param name="Training">The metrics in training.</param>
    /// <param name="Validation">The metrics in validation; null if there was none.</param>
    internal sealed record Table(string Place, IReadOnlyList<string> Training, IReadOnlyList<string>? Validation)
    {
        [JsonIgnore]
        public int Columns => 1 + Training.Count + (Validation is null ? 0 : 1 + Validation.Count);

        /// <summary>Whether an epoch has these metrics, in this order.</summary>
        public bool Fits(EpochResult epoch) => epoch.Training.Metrics.Keys.SequenceEqual(Training, StringComparer.Ordinal)
            && (epoch.Validation is { } validation
                ? Validation is not null && validation.Metrics.Keys.SequenceEqual(Validation, StringComparer.Ordinal) : Validation is null);

        public IEnumerable<double> Row(EpochResult epoch) => [epoch.Loss, .. epoch.Training.Metrics.Values,
            .. epoch.Validation is { } validation ? [validation.Loss, .. validation.Metrics.Values] : (double[])[]];

        public (Evaluation Training, Evaluation? Validation) Evaluations(ReadOnlySpan<double> row) => (Evaluated(Training, row),
            Validation is null ? null : Evaluated(Validation, row[(1 + Training.Count)..]));

        private static Evaluation Evaluated(IReadOnlyList<string> names, ReadOnlySpan<double> numbers)
        {
            var metrics = new Dictionary<string, double>(names.Count, StringComparer.Ordinal);
            for (var i = 0; i < names.Count; i++) metrics[names[i]] = numbers[1 + i];
            return new Evaluation(numbers[0], metrics);
        }
    }

    /// <summary>Puts epochs among the tensors of a file.</summary>
    /// <param name="epochs">All epochs.</param>
    /// <param name="from">The first to put; those before it are in other files.</param>
    /// <param name="to">The end of those to put.</param>
    /// <param name="earlier">The file that ends with the epoch before; null if there is none.</param>
    /// <param name="tensors">The tensors of the file.</param>
    /// <param name="names">The names that are free there.</param>
    /// <returns>The text.</returns>
    public static string Put(IReadOnlyList<EpochResult> epochs, int from, int to, string? earlier,
        Dictionary<string, WrittenTensor> tensors, FreeNames names)
    {
        var count = to - from;
        var (durations, rates, kinds) = (new long[count], new float[count], new long[count]);
        var tables = new List<(Table Table, List<double> Numbers)>();
        for (var i = 0; i < count; i++)
        {
            var epoch = epochs[from + i];
            (durations[i], rates[i]) = (epoch.Duration.Ticks, epoch.LearningRate);
            // Most epochs are like the one before.
            var kind = i > 0 && tables[(int)kinds[i - 1]].Table.Fits(epoch) ? (int)kinds[i - 1]
                : tables.FindIndex(one => one.Table.Fits(epoch));
            if (kind < 0)
            {
                kind = tables.Count;
                tables.Add((new Table(names.Next(tables.Count == 0 ? $"{Prefix}epochs" : $"{Prefix}epochs {tables.Count + 1}"),
                    [.. epoch.Training.Metrics.Keys], epoch.Validation is { } validation ? [.. validation.Metrics.Keys] : null), []));
            }
            kinds[i] = kind;
            tables[kind].Numbers.AddRange(tables[kind].Table.Row(epoch));
        }
        var history = new SavedHistory(from, earlier, Put("durations", [count], StoredNumbers.Of(durations)), names.Next($"{Prefix}rates"),
            tables.ConvertAll(one => one.Table), tables.Count > 1 ? Put("kinds", [count], StoredNumbers.Of(kinds)) : null);
        tensors[history.Rates] = new WrittenTensor([count], rates);
        foreach (var (table, numbers) in tables)
            tensors[table.Place] = new WrittenTensor([numbers.Count / table.Columns, table.Columns],
                StoredNumbers.Of(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(numbers)));
        return JsonSerializer.Serialize(history, HistoryJson.Default.SavedHistory);

        string Put(string name, long[] shape, StoredNumbers numbers)
        {
            var place = names.Next(Prefix + name);
            tensors[place] = new WrittenTensor(shape, numbers);
            return place;
        }
    }

    /// <summary>The text of a file; null if it has none.</summary>
    /// <exception cref="DataException">It cannot be read.</exception>
    public static SavedHistory? Of(SafetensorsReader file)
    {
        if (!file.Metadata.TryGetValue(Entry, out var json)) return null;
        try
        {
            var history = JsonSerializer.Deserialize(json, HistoryJson.Default.SavedHistory) ?? throw new JsonException("it is null");
            return history.Fault() is { } fault ? throw new JsonException($"it has {fault}") : history;
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException or ArgumentException
            or InvalidOperationException)
        {
            throw file.Damaged($"has a history that cannot be read: {exception.Message}");
        }
    }

    /// <summary>Whether a tensor of the file is part of the history.</summary>
    public bool Has(string tensor) =>
        tensor == Durations || tensor == Rates || tensor == Kinds || Tables.Any(table => table.Place == tensor);

    /// <summary>Reads the epochs of this file.</summary>
    /// <exception cref="DataException">They contradict each other.</exception>
    public List<EpochResult> Epochs(SafetensorsReader file)
    {
        var durations = Numbers(file, Durations, StoredNumber.Int64, out var shape).ToLongs();
        var count = durations.Length;
        var rates = file.Find(Rates) is { } place && place.Type == StoredNumber.Float32 && place.Shape is [var length] && length == count
            ? file.Read(place).Values : throw Contradiction(file, Rates);
        var kinds = Kinds is null ? null : Numbers(file, Kinds, StoredNumber.Int64, out shape).ToLongs();
        var tables = Tables.Select(table =>
        {
            var numbers = Numbers(file, table.Place, StoredNumber.Float64, out var sizes).ToDoubles();
            return sizes is [_, var columns] && columns == table.Columns ? numbers : throw Contradiction(file, table.Place);
        }).ToList();
        if (kinds is not null && kinds.Length != count) throw Contradiction(file, Kinds!);
        if (count > Array.MaxLength - Before) throw file.Damaged("has a history of more epochs than there can be");

        var (epochs, read) = (new List<EpochResult>(count), new int[tables.Count]);
        for (var i = 0; i < count; i++)
        {
            var duration = TimeSpan.FromTicks(durations[i]);
            if (IsNoTime(duration)) throw file.Damaged($"has an epoch with an invalid duration, {Before + i + 1}");
            if (!(rates[i] >= 0 && float.IsFinite(rates[i])))
                throw file.Damaged($"has an epoch with an invalid learning rate, {Before + i + 1}");
            if (kinds is not null && (kinds[i] < 0 || kinds[i] >= tables.Count)) throw Contradiction(file, Kinds!);
            var kind = (int)(kinds?[i] ?? 0);
            if (kind >= tables.Count || read[kind] > tables[kind].Length - Tables[kind].Columns)
                throw file.Damaged($"has a history with fewer losses than epochs, from {Before + i + 1} on");
            var (training, validation) = Tables[kind].Evaluations(tables[kind].AsSpan(read[kind], Tables[kind].Columns));
            read[kind] += Tables[kind].Columns;
            epochs.Add(new EpochResult(Before + i + 1, training, validation, duration) { LearningRate = rates[i] });
        }
        for (var i = 0; i < read.Length; i++)
        {
            if (read[i] != tables[i].Length) throw file.Damaged("has a history with more losses than epochs");
        }
        return epochs;
    }

    /// <summary>Whether a time is negative, or so long that nothing can have taken it.</summary>
    public static bool IsNoTime(TimeSpan time) => time < TimeSpan.Zero || time > LongestTime;

    private static StoredNumbers Numbers(SafetensorsReader file, string name, StoredNumber type, out long[] shape)
    {
        if (file.Find(name) is not { } place || place.Type != type) throw Contradiction(file, name);
        shape = place.Shape;
        return new StoredNumbers(type, file.ReadBytes(place));
    }

    private static DataException Contradiction(SafetensorsReader file, string name) =>
        file.Damaged($"has a history whose '{Quotation.Of(name)}' is missing, or does not fit the rest of it");

    private string? Fault() =>
        Before < 0 || Before > 0 != Earlier is not null ? "epochs before it that are nowhere" :
        Tables.Contains(null!) || Tables.Any(table => table.Training.Contains(null!, StringComparer.Ordinal)
            || table.Validation?.Contains(null!, StringComparer.Ordinal) == true) ? "a name that is null" : null;
}

/// <summary>How the text is written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(SavedHistory))]
internal sealed partial class HistoryJson : JsonSerializerContext;

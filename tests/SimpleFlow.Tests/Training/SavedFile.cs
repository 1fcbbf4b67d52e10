using System.Text.Json;

namespace SimpleFlow.Tests.Training;

/// <summary>Changes saved files, and signs them again.</summary>
internal static class SavedFile
{
    public const string State = "simpleflow.training", History = SavedHistory.Entry;

    /// <summary>Changes tensors and texts of a file; what is not changed stays bit for bit.</summary>
    public static void Change(string path, Action<Dictionary<string, WrittenTensor>, Dictionary<string, string>> change, string? to = null)
    {
        var (tensors, texts) = Of(path);
        change(tensors, texts);
        SafetensorsFile.Write(to ?? path, tensors, texts, FileLayer.Disk);
    }

    /// <summary>Changes words of the texts.</summary>
    public static void Replace(string path, string part, string lie) => Change(path, (_, texts) =>
    {
        Assert.Contains(texts.Values, text => text.Contains(part, StringComparison.Ordinal));
        foreach (var (name, text) in texts.ToList()) texts[name] = text.Replace(part, lie, StringComparison.Ordinal);
    });

    /// <summary>Makes of a file one of a version that had the history and the graph in its header.</summary>
    public static void MakeOld(string path, int version)
    {
        List<EpochResult> epochs;
        using (var file = SafetensorsReader.Open(path, requireChecksum: true)) epochs = HistoryFiles.Read(file, SavedHistory.Of(file)!);
        Change(path, (tensors, texts) =>
        {
            var state = JsonSerializer.Deserialize(texts[State], StateJson.Default.TrainingState)!;
            var graph = SavedGraph.Unpack(tensors[state.GraphPlace!].Others!.Bytes, 10_000, what => new DataException(what)).ToList();
            state = state with { Version = version, Graph = graph, GraphPlace = null, History = epochs };
            foreach (var name in tensors.Keys.Where(name => name == "graph" || name.StartsWith("history/", StringComparison.Ordinal))
                .ToList())
                tensors.Remove(name);
            texts.Remove(History);
            texts[State] = JsonSerializer.Serialize(state, StateJson.Default.TrainingState);
        });
    }

    /// <summary>The tensors and texts of a file.</summary>
    public static (Dictionary<string, WrittenTensor> Tensors, Dictionary<string, string> Texts) Of(string path)
    {
        using var file = SafetensorsReader.Open(path, requireChecksum: true);
        return (file.Places.ToDictionary(place => place.Name, place => place.Type == StoredNumber.Float32
            ? new WrittenTensor(place.Shape, file.Read(place).Values)
            : new WrittenTensor(place.Shape, new StoredNumbers(place.Type, file.ReadBytes(place)))), new(file.Metadata));
    }
}

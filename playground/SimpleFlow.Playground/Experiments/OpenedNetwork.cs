namespace SimpleFlow.Playground.Experiments;

/// <summary>Opens networks that read digits.</summary>
public static class OpenedNetwork
{
    /// <summary>Opens a network that the tool or a program saved: <c>simpleflow train mnist --save digits</c>.</summary>
    /// <exception cref="SimpleFlowException">It is none, or takes other pictures.</exception>
    public static DigitReader Safetensors(string name, byte[] bytes) =>
        WithFile(name, bytes, file => Of(name, Network.Load(file, threads: 1)));

    /// <summary>A network that takes pictures of this size.</summary>
    /// <exception cref="DataException">It takes something else.</exception>
    public static DigitReader Of(string name, Network network)
    {
        ArgumentNullException.ThrowIfNull(network);
        if (network.Description.Input is not ImageInput { Channels: 1, Rows: DigitData.Side, Columns: DigitData.Side })
            throw new DataException($"{name} takes {Text(network.Description.Input)}, and these are grey pictures of 28 × 28 pixels. "
                + "Train one with: simpleflow train mnist --save digits.");
        if (network.Description.Output is not ClassOutput { Classes: { Count: DigitData.Classes } classes })
            throw new DataException($"{name} does not tell ten classes apart. Train one with: simpleflow train mnist --save digits.");
        return new DigitReader(network.Input, network.Model.Predictions[0], classes);
    }

    /// <summary>Does something with a file of these bytes. It has the user's name, which errors mention.</summary>
    public static T WithFile<T>(string name, byte[] bytes, Func<string, T> what)
    {
        ArgumentNullException.ThrowIfNull(what);
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var file = Path.Combine(folder.FullName, Path.GetFileName(name));
            File.WriteAllBytes(file, bytes);
            return what(file);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Text(NetworkInput input) => input switch
    {
        ImageInput image => $"pictures of {image.Channels} × {image.Rows} × {image.Columns}",
        TableInput => "rows of a table",
        _ => "text",
    };
}

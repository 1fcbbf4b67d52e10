namespace SimpleFlow.Cli.Sources;

/// <summary>What there is to learn from and to test with, as a network takes it.</summary>
/// <param name="Input">What goes in.</param>
/// <param name="Output">What is to be predicted.</param>
/// <param name="Train">To learn from.</param>
/// <param name="Test">To test with.</param>
/// <param name="Told">What a person is told of it, line by line.</param>
internal sealed record LabelledData(NetworkInput Input, NetworkOutput Output, ExampleSet Train, ExampleSet Test, IReadOnlyList<string> Told)
{
    /// <summary>How well it is learned.</summary>
    public Score Score => Score.Of(Output);

    /// <summary>What an example is called, of many.</summary>
    public string Unit => Input switch { ImageInput => "images", TableInput => "rows", _ => "pieces" };
}

/// <summary>LabelledData with what they should give, row by row.</summary>
internal sealed record ExampleSet(DataArray Inputs, DataArray Targets)
{
    public int Rows => Inputs.Rows;

    public ExampleSet Select(int[] rows) => new(Inputs.SelectRows(rows), Targets.SelectRows(rows));
}

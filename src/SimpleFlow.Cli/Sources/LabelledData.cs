namespace SimpleFlow.Cli.Sources;

/// <summary>What there is to learn from and to test with, as a network takes it.</summary>
/// <param name="Input">What goes in.</param>
/// <param name="Output">What is to be predicted.</param>
/// <param name="Train">To learn from.</param>
/// <param name="Test">To test with.</param>
/// <param name="Told">What a person is told of it, line by line.</param>
internal sealed record LabelledData(NetworkInput Input, NetworkOutput Output, ExampleSet Train, ExampleSet Test, IReadOnlyList<string> Told)
{
    private const int FewPictures = 10_000;

    /// <summary>To choose by while training, where the source says what; otherwise some of those to learn from are taken.</summary>
    public ExampleSet? Validation { get; init; }

    /// <summary>Whether the images are pictures as people have them, of which the edge is no background.</summary>
    public bool ArePictures { get; init; }

    /// <summary>Whether the images are changed at random where nobody says: few pictures show too little of what there is.</summary>
    public bool IsAugmented => ArePictures && Train.Rows < FewPictures;

    /// <summary>How well it is learned.</summary>
    public Score Score => Score.Of(Output);

    /// <summary>What an example is called, of many.</summary>
    public string Unit => Input switch { ImageInput => "images", TableInput => "rows", _ => "pieces" };
}

/// <summary>Examples with what they should give, row by row.</summary>
internal sealed record ExampleSet(DataArray Inputs, DataArray Targets)
{
    public int Rows => Inputs.Rows;

    public ExampleSet Select(int[] rows) => new(Inputs.SelectRows(rows), Targets.SelectRows(rows));
}

namespace SimpleFlow.Cli.Sources;

/// <summary>Training and test examples, as a network takes them.</summary>
/// <param name="Input">The network's input.</param>
/// <param name="Output">What to predict.</param>
/// <param name="Train">The training set.</param>
/// <param name="Test">The test set.</param>
/// <param name="Told">A description for people, line by line.</param>
internal sealed record LabelledData(NetworkInput Input, NetworkOutput Output, ExampleSet Train, ExampleSet Test, IReadOnlyList<string> Told)
{
    private const int FewPictures = 10_000, FewestToTrain = 10, FewestToTest = 2;

    /// <summary>The validation set, if the source has one; otherwise it is taken from the training set.</summary>
    public ExampleSet? Validation { get; init; }

    /// <summary>Whether the images are photographs or the like, whose edge is not background.</summary>
    public bool ArePictures { get; init; }

    /// <summary>Whether the images are changed at random by default: a few pictures show too little variety.</summary>
    public bool IsAugmented => ArePictures && Train.Rows < FewPictures;

    /// <summary>The score that says how well it is learned.</summary>
    public Score Score => Score.Of(Output);

    /// <summary>Whether a test says nothing about the network: there are hardly any examples to train on, or to test on.</summary>
    public bool AreTooFew => Train.Rows < FewestToTrain || Test.Rows < FewestToTest;

    /// <summary>The plural name of the examples.</summary>
    public string Unit => Input switch { ImageInput => "images", TableInput => "rows", _ => "pieces" };
}

/// <summary>Examples with their targets, row by row.</summary>
internal sealed record ExampleSet(DataArray Inputs, DataArray Targets)
{
    public int Rows => Inputs.Rows;

    public ExampleSet Select(int[] rows) => new(Inputs.SelectRows(rows), Targets.SelectRows(rows));
}

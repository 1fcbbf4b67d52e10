namespace SimpleFlow;

/// <summary>What a fit over epochs is asked for.</summary>
internal sealed record FitOptions(Dataset Data, int Epochs)
{
    /// <summary>Rows per step.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>What to evaluate on after every epoch, if anything.</summary>
    public Dataset? Validation { get; init; }

    /// <summary>Told a few times a second, and at the end of every epoch.</summary>
    public IProgress<TrainingProgress>? Progress { get; init; }

    /// <summary>Whether to visit the rows in random order.</summary>
    public bool Shuffle { get; init; } = true;

    /// <summary>What the optimizer's learning rate is multiplied by at each step.</summary>
    public Schedule? Schedule { get; init; }

    /// <summary>What happens beside the training.</summary>
    public IReadOnlyList<Callback> Callbacks { get; init; } = [];

    /// <summary>Of how many batches the gradients are averaged before the variables change.</summary>
    public int Accumulate { get; init; } = 1;

    /// <summary>A folder of a <see cref="Checkpoint"/> to resume from.</summary>
    public string? Resume { get; init; }

    /// <summary>How many steps an epoch has.</summary>
    public int StepsPerEpoch => (int)(((long)Data.Rows + BatchSize - 1) / BatchSize);

    /// <summary>Which part of a full batch the last batch of an epoch is.</summary>
    public float LastBatch => Data.Rows <= BatchSize || Data.Rows % BatchSize == 0 ? 1 : (float)(Data.Rows % BatchSize) / BatchSize;

    /// <summary>What a training that goes on must have in common with the one that was saved.</summary>
    public FitSettings Settings(Optimizer optimizer) => new(
        Data.Rows, BatchSize, Shuffle, Accumulate, optimizer.LearningRate, $"{optimizer}", $"{Schedule ?? Schedule.Constant}",
        Resume is null && !Callbacks.Any(callback => callback.Saves) ? [] : Fingerprint(DataFingerprint.Of),
        [.. Callbacks.Select(callback => callback.GetType().Name)], [.. Callbacks.Select(callback => callback.Settings)]);

    /// <summary>What tells the data from others.</summary>
    public IReadOnlyList<string> Fingerprint(Func<string, Dataset, IEnumerable<string>> of) =>
        [.. of("training", Data), .. Validation is null ? [] : of("validation", Validation)];
}

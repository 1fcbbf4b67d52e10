namespace SimpleFlow.Tests.Saver;

/// <summary>A small training that saves after every step and says so, for a process that is killed, and for one that
/// is not and knows what must come out.</summary>
public sealed class SavedTraining
{
    // Short epochs, so that files of the history are written too, at every fourth step.
    private const int Rows = 2, Inputs = 4;
    private readonly Dataset _data;

    public SavedTraining()
    {
        var x = new Placeholder("x", [null, Inputs]);
        var y = new Placeholder("y", [null, 1]);
        var hidden = Layers.Dropout(Layers.Dense(x, 5, Activation.Tanh, name: "hidden"), 0.2f);
        Model = new Model(Losses.MeanSquaredError(Layers.Dense(hidden, 1, name: "out"), y), optimizer: new Adam(0.01f), seed: 3,
            threads: 1);
        var random = new Random(1);
        _data = new Dataset
        {
            [x] = DataArray.From(Enumerable.Range(0, Rows * Inputs).Select(_ => random.NextSingle()).ToArray()).Reshape(Rows, Inputs),
            [y] = Enumerable.Range(0, Rows).Select(_ => random.NextSingle()).ToArray(),
        };
    }

    public Model Model { get; }

    /// <summary>Goes on from the newest checkpoint in a folder, without end, and writes the number of
    /// each step once its checkpoint is saved.</summary>
    public void SaveEveryStep(string folder, TextWriter acknowledged)
    {
        var checkpoint = new Checkpoint(folder, everySteps: 1, keep: 2) { HistoryLength = 2 };
        Model.Fit(_data, new FitOptions
        {
            Epochs = int.MaxValue,
            BatchSize = 1,
            Schedule = Schedule.Of(at => 1 / (1 + 1e-4 * at.Step)),
            Callbacks = [checkpoint, new Acknowledging(checkpoint, acknowledged)],
            Resume = folder,
        });
    }

    /// <summary>Trains so many steps without a stop.</summary>
    public void Train(long steps)
    {
        using var source = new CancellationTokenSource();
        try
        {
            Model.Fit(_data, new FitOptions
            {
                Epochs = int.MaxValue,
                BatchSize = 1,
                Schedule = Schedule.Of(at => 1 / (1 + 1e-4 * at.Step)),
                Callbacks = [new Stopping(steps, source)],
            }, source.Token);
        }
        catch (OperationCanceledException) { }
    }

    /// <summary>The step of a checkpoint, from its name.</summary>
    public static long StepOf(string path) => long.Parse(Path.GetFileNameWithoutExtension(path)["checkpoint-".Length..]);

    private sealed class Acknowledging(Checkpoint checkpoint, TextWriter output) : Callback
    {
        // The checkpoint of a step is written after this is called, so at the next step it is there.
        protected internal override void AfterStep(TrainingRun run)
        {
            if (checkpoint.Path is { } path) output.WriteLine(StepOf(path));
            output.Flush();
        }
    }

    private sealed class Stopping(long steps, CancellationTokenSource source) : Callback
    {
        protected internal override void AfterStep(TrainingRun run)
        {
            if (run.Model.Iterations == steps) source.Cancel();
        }
    }
}

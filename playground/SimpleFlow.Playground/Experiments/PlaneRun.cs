namespace SimpleFlow.Playground.Experiments;

/// <summary>A network that learns points of the plane.</summary>
public sealed class PlaneRun : IDisposable
{
    private readonly Dictionary<int, DataArray> _grids = [];

    /// <summary>Begins a run.</summary>
    /// <param name="settings">What decides it.</param>
    /// <param name="points">The points: the first to learn from, the others to test with.</param>
    public PlaneRun(PlaneSettings settings, PlanePoints points)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(points);
        (Settings, Points) = (settings, points);
        (Network, Training) = Build(settings);
        Rates.Add((0, settings.LearningRate));
    }

    /// <summary>What decides the run.</summary>
    public PlaneSettings Settings { get; private set; }

    /// <summary>All points.</summary>
    public PlanePoints Points { get; private set; }

    /// <summary>The network.</summary>
    public PlaneNetwork Network { get; private set; }

    /// <summary>Its training.</summary>
    public SteppedTraining Training { get; private set; }

    /// <summary>The model.</summary>
    public Model Model => Training.Model;

    /// <summary>The learning rates, each from a step on.</summary>
    public List<(long Step, float Rate)> Rates { get; } = [];

    /// <summary>Whether the run is another than its settings give from the start: something but the rate was changed on the way, or a
    /// weight was set by hand.</summary>
    public bool IsAltered { get; set; }

    /// <summary>The number of points to learn from.</summary>
    public int TrainCount => Points.TrainCount(Settings.TrainShare);

    private (PlaneNetwork Network, SteppedTraining Training) Build(PlaneSettings settings)
    {
        var network = new PlaneNetwork(settings, Points.Classes);
        var model = new Model([network.Loss, .. network.Penalties], [network.Output, .. network.Hidden],
            Kinds.Of(settings.Optimizer, settings.LearningRate), network.Penalties.Count > 0 ? network.Loss : default(NodeList),
            settings.Seed, threads: 1);
        return (network, Train(settings, network, model));
    }

    private SteppedTraining Train(PlaneSettings settings, PlaneNetwork network, Model model)
    {
        var data = network.Data(Points, settings.Features);
        var training = new SteppedTraining(model, data.Take(TrainCount), TrainCount < Points.Count ? data.Skip(TrainCount) : null,
            Math.Clamp(settings.BatchSize, 1, Math.Max(1, TrainCount)), network.Penalties.Count > 0 ? network.Loss.Name : null);
        training.Schedule = ScheduleOf(settings, training);
        return training;
    }

    private static (Schedule, int)? ScheduleOf(PlaneSettings settings, SteppedTraining training) =>
        Kinds.Of(settings.Schedule, (long)training.StepsPerEpoch * settings.ScheduleEpochs, settings.ScheduleEpochs) is { } schedule
            ? (schedule, settings.ScheduleEpochs) : null;

    /// <summary>Goes on with other settings of the kinds that a training survives: the rate, the optimizer, the schedule, the activation
    /// of a layer, regularisation, dropout. The weights stay, the state of the optimizer if it is the same.</summary>
    public void Change(PlaneSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var isRateAlone = settings == Settings with
        {
            LearningRate = settings.LearningRate,
            Schedule = settings.Schedule,
            ScheduleEpochs = settings.ScheduleEpochs,
        };
        var before = (Settings, Training);
        var isAltered = settings != Settings with { LearningRate = settings.LearningRate };
        if (isRateAlone)
        {
            Rates.Add((Training.Step, settings.LearningRate));
            Model.Optimizer!.LearningRate = settings.LearningRate;
            Training.Schedule = ScheduleOf(settings, Training);
            (Settings, IsAltered) = (settings, IsAltered || isAltered);
            return;
        }
        (Network, Training) = Build(settings);
        (Settings, IsAltered) = (settings, IsAltered || isAltered);
        Training.Continue(before.Training);
        CarryOver(before.Training.Model, settings.Optimizer == before.Settings.Optimizer);
        Model.Optimizer!.LearningRate = settings.LearningRate;
        before.Training.Dispose();
    }

    /// <summary>What a checkpoint carries from one program to the next carries from one model to the next: the weights, what the optimizer
    /// remembers, the number of steps. Without an optimizer of the same kind for the same weights, the weights alone.</summary>
    private void CarryOver(Model before, bool isSameOptimizer)
    {
        foreach (var now in Model.Variables)
            if (before.Variables.FirstOrDefault(old => old.Name == now.Name) is { } old) now.Set(old.Values.ToArray());
        if (!isSameOptimizer) return;
        var file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            before.Save(file);
            Model.Load(file);
        }
        catch (DataException)
        {
            // A layer before a step is not trained, so the optimizer remembers other weights than before.
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Learns from other points, from now on.</summary>
    public void UsePoints(PlanePoints points)
    {
        Points = points;
        IsAltered |= Training.Step > 0;
        var before = Training;
        Training = Train(Settings, Network, before.Model);
        Training.Continue(before);
        before.Dispose();
    }

    /// <summary>The values of all units over the plane: for each hidden layer and the output [side · side, units], places row by row from
    /// the top.</summary>
    public IReadOnlyList<(float[] Values, int Units)> Maps(int side)
    {
        if (!_grids.TryGetValue(side, out var grid)) _grids[side] = grid = Grid(side).Inputs;
        var values = Model.PredictAll(new Feed { [Network.Input] = grid });
        return [.. values.Skip(1).Append(values[0]).Select(tensor => (tensor.ToArray(), (int)tensor.Lengths[1]))];
    }

    /// <summary>The values of all features over the plane, in the same way.</summary>
    public float[] FeatureMaps(int side) => Grid(side).Points.Inputs(PlaneFeatures.All);

    /// <summary>What the network says of all points: [points, outputs].</summary>
    public float[] Predictions()
    {
        DataArray inputs = Points.Inputs(Settings.Features);
        return Model.Predict(new Feed { [Network.Input] = inputs.Reshape(Points.Count, Settings.Features.Count) }).ToArray();
    }

    /// <summary>The share of points whose class is predicted: those to learn from, and those to test with.</summary>
    public (float Train, float Test) Accuracies()
    {
        var (predictions, outputs) = (Predictions(), Points.Classes > 2 ? Points.Classes : 1);
        var (train, test) = (0, 0);
        for (var row = 0; row < Points.Count; row++)
        {
            var said = predictions.AsSpan(row * outputs, outputs);
            var best = outputs == 1 ? (said[0] > 0.5f ? 1 : 0) : System.Numerics.Tensors.TensorPrimitives.IndexOfMax(said);
            if (best != (int)Points.Targets[row]) continue;
            if (row < TrainCount) train++;
            else test++;
        }
        return ((float)train / TrainCount, (float)test / (Points.Count - TrainCount));
    }

    private (DataArray Inputs, PlanePoints Points) Grid(int side)
    {
        var (x, y) = (new float[side * side], new float[side * side]);
        for (var i = 0; i < x.Length; i++)
        {
            x[i] = Points.Extent * (2 * (i % side + 0.5f) / side - 1);
            y[i] = -Points.Extent * (2 * (i / side + 0.5f) / side - 1);
        }
        var points = new PlanePoints(x, y, new float[x.Length], 0);
        DataArray inputs = points.Inputs(Settings.Features);
        return (inputs.Reshape(x.Length, Settings.Features.Count), points);
    }

    /// <inheritdoc/>
    public void Dispose() => Training.Dispose();
}

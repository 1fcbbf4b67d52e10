namespace SimpleFlow.Playground.Experiments;

/// <summary>A network that learns points of the plane.</summary>
public sealed class PlaneRun : IDisposable
{
    /// <summary>Begins a run.</summary>
    /// <param name="settings">What decides it.</param>
    /// <param name="points">The points: the first to learn from, the others to test with.</param>
    public PlaneRun(PlaneSettings settings, PlanePoints points)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(points);
        (Beginning, Settings, Points) = (settings, settings, points);
        (Network, Training) = Build(settings);
    }

    /// <summary>The settings that it began with.</summary>
    public PlaneSettings Beginning { get; }

    /// <summary>The settings that it has now.</summary>
    public PlaneSettings Settings { get; private set; }

    /// <summary>All points.</summary>
    public PlanePoints Points { get; private set; }

    /// <summary>The network.</summary>
    public PlaneNetwork Network { get; private set; }

    /// <summary>Its training.</summary>
    public SteppedTraining Training { get; private set; }

    /// <summary>The model.</summary>
    public Model Model => Training.Model;

    /// <summary>What was changed on the way, in order.</summary>
    public List<PlaneChange> Changes { get; } = [];

    /// <summary>Whether points came or went on the way: the one change that a program does not repeat.</summary>
    public bool HasOtherPoints => Changes.Exists(change => change is PlaneChange.OtherPoints);

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
        var isNetwork = settings != Settings with
        {
            LearningRate = settings.LearningRate,
            Schedule = settings.Schedule,
            ScheduleEpochs = settings.ScheduleEpochs,
        };
        var keepsOptimizer = settings.Optimizer == Settings.Optimizer;
        Changes.Add(new PlaneChange.OtherSettings(Training.Step, settings, isNetwork, keepsOptimizer));
        var before = Training;
        if (isNetwork)
        {
            (Network, Training) = Build(settings);
            Training.Continue(before);
            CarryOver(before.Model, keepsOptimizer);
            before.Dispose();
        }
        else Training.Schedule = ScheduleOf(settings, Training);
        Model.Optimizer!.LearningRate = settings.LearningRate;
        Settings = settings;
    }

    /// <summary>Sets one element of a variable.</summary>
    public void Set(Variable variable, int index, float value)
    {
        ArgumentNullException.ThrowIfNull(variable);
        var elements = variable.Values.ToArray();
        elements[index] = value;
        variable.Set(elements);
        // A slider that is pulled sets it many times; the last one counts.
        var change = new PlaneChange.OtherWeight(Training.Step, variable.Name!, index, value);
        if (Changes is [.., PlaneChange.OtherWeight last] && last with { Value = value } == change) Changes.RemoveAt(Changes.Count - 1);
        Changes.Add(change);
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
        // Before the first step they are simply the points.
        if (Training.Step > 0) Changes.Add(new PlaneChange.OtherPoints(Training.Step));
        var before = Training;
        Training = Train(Settings, Network, before.Model);
        Training.Continue(before);
        before.Dispose();
    }

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

    /// <inheritdoc/>
    public void Dispose() => Training.Dispose();
}

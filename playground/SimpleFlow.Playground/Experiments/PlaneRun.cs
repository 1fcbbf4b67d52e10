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
    }

    /// <summary>What decides the run.</summary>
    public PlaneSettings Settings { get; private set; }

    /// <summary>All points.</summary>
    public PlanePoints Points { get; }

    /// <summary>The network.</summary>
    public PlaneNetwork Network { get; private set; }

    /// <summary>Its training.</summary>
    public SteppedTraining Training { get; private set; }

    /// <summary>The model.</summary>
    public Model Model => Training.Model;

    /// <summary>The number of points to learn from.</summary>
    public int TrainCount => Points.TrainCount(Settings.TrainShare);

    private (PlaneNetwork Network, SteppedTraining Training) Build(PlaneSettings settings)
    {
        var network = new PlaneNetwork(settings, Points.Classes);
        var model = new Model([network.Loss, .. network.Penalties], [network.Output, .. network.Hidden],
            Kinds.Of(settings.Optimizer, settings.LearningRate), network.Penalties.Count > 0 ? network.Loss : default(NodeList),
            settings.Seed, threads: 1);
        var data = network.Data(Points, settings.Features);
        var train = data.Take(TrainCount);
        var training = new SteppedTraining(model, train, TrainCount < Points.Count ? data.Skip(TrainCount) : null,
            Math.Min(settings.BatchSize, TrainCount), network.Penalties.Count > 0 ? network.Loss.Name : null);
        if (Kinds.Of(settings.Schedule, (long)training.StepsPerEpoch * settings.ScheduleEpochs, settings.ScheduleEpochs) is { } schedule)
            training.Schedule = (schedule, settings.ScheduleEpochs);
        return (network, training);
    }

    /// <summary>The values of all units over the plane: for each unit of each hidden layer, then for each output, the values of
    /// side × side places row by row from the top.</summary>
    public float[][] Maps(int side)
    {
        if (!_grids.TryGetValue(side, out var grid)) _grids[side] = grid = Grid(side);
        var values = Model.PredictAll(new Feed { [Network.Input] = grid });
        var maps = new List<float[]>();
        foreach (var tensor in values.Skip(1).Append(values[0]))
        {
            var elements = new float[tensor.FlattenedLength];
            tensor.FlattenTo(elements);
            var units = (int)tensor.Lengths[1];
            for (var unit = 0; unit < units; unit++)
            {
                var map = new float[side * side];
                for (var i = 0; i < map.Length; i++) map[i] = elements[i * units + unit];
                maps.Add(map);
            }
        }
        return [.. maps];
    }

    private DataArray Grid(int side)
    {
        var (x, y) = (new float[side * side], new float[side * side]);
        for (var i = 0; i < x.Length; i++)
        {
            x[i] = Points.Extent * (2 * (i % side + 0.5f) / side - 1);
            y[i] = -Points.Extent * (2 * (i / side + 0.5f) / side - 1);
        }
        DataArray inputs = new PlanePoints(x, y, new float[x.Length], 0).Inputs(Settings.Features);
        return inputs.Reshape(x.Length, Settings.Features.Count);
    }

    /// <inheritdoc/>
    public void Dispose() => Training.Dispose();
}

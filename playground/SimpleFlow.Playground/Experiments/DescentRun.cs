namespace SimpleFlow.Playground.Experiments;

/// <summary>All optimizers on their way down one surface, from the same place.</summary>
public sealed class DescentRun
{
    /// <summary>Begins with every optimizer at the start.</summary>
    /// <param name="surface">The surface.</param>
    /// <param name="start">Where they begin.</param>
    /// <param name="rates">The rate of each.</param>
    public DescentRun(DescentSurface surface, (float X, float Y) start, IReadOnlyList<float> rates)
    {
        ArgumentNullException.ThrowIfNull(rates);
        Paths = [.. Enum.GetValues<OptimizerKind>().Select((kind, i) => new DescentPath(surface, kind, start, rates[i]))];
    }

    /// <summary>The way of each optimizer.</summary>
    public IReadOnlyList<DescentPath> Paths { get; }

    /// <summary>How many steps were made.</summary>
    public int Steps { get; private set; }

    /// <summary>Makes a step with each.</summary>
    public void MakeStep()
    {
        foreach (var path in Paths) path.MakeStep();
        Steps++;
    }
}

/// <summary>The way of one optimizer.</summary>
public sealed class DescentPath
{
    private readonly Variable _x, _y;
    private readonly Model _model;
    private readonly float _far;

    /// <summary>Begins it.</summary>
    public DescentPath(DescentSurface surface, OptimizerKind kind, (float X, float Y) start, float rate)
    {
        ArgumentNullException.ThrowIfNull(surface);
        Kind = kind;
        _x = new Variable("x", [], Initializer.Constant(start.X));
        _y = new Variable("y", [], Initializer.Constant(start.Y));
        var loss = surface.Loss(_x, _y);
        _model = new Model(loss, loss, Kinds.Of(kind, rate), threads: 1);
        _far = 20 * surface.Reach;
        Points.Add(start);
        Losses.Add(_model.PredictScalar(new Feed()));
    }

    /// <summary>The optimizer.</summary>
    public OptimizerKind Kind { get; }

    /// <summary>Where it has been.</summary>
    public List<(float X, float Y)> Points { get; } = [];

    /// <summary>The loss at each of these places.</summary>
    public List<float> Losses { get; } = [];

    /// <summary>Whether it has left the surface, or met numbers that are not finite.</summary>
    public bool IsLost { get; private set; }

    /// <summary>Goes on with another rate.</summary>
    public void SetRate(float rate) => _model.Optimizer!.LearningRate = rate;

    /// <summary>Makes a step, unless it is lost.</summary>
    public void MakeStep()
    {
        if (IsLost) return;
        try
        {
            _model.Step(new Feed());
            var (x, y) = (_x.Values.ToArray()[0], _y.Values.ToArray()[0]);
            Points.Add((x, y));
            Losses.Add(_model.PredictScalar(new Feed()));
            IsLost = MathF.Abs(x) > _far || MathF.Abs(y) > _far;
        }
        catch (TrainingException)
        {
            IsLost = true;
        }
    }
}

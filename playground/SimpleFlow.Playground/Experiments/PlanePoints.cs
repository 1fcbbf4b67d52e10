namespace SimpleFlow.Playground.Experiments;

/// <summary>Points of the plane with what is to be learned of each.</summary>
/// <param name="X">How far right each is.</param>
/// <param name="Y">How far up each is.</param>
/// <param name="Targets">The class of each, from 0, or its number.</param>
/// <param name="Classes">How many classes there are; 0: numbers are learned.</param>
public sealed record PlanePoints(float[] X, float[] Y, float[] Targets, int Classes)
{
    /// <summary>How far the plane reaches from its middle, in each direction.</summary>
    public float Extent { get; init; } = 6;

    /// <summary>How many points there are.</summary>
    public int Count => X.Length;

    /// <summary>Whether a number is learned, rather than a class.</summary>
    public bool IsRegression => Classes == 0;

    /// <summary>The points in another order, or some of them.</summary>
    public PlanePoints Select(IReadOnlyList<int> rows) => this with
    {
        X = [.. rows.Select(row => X[row])],
        Y = [.. rows.Select(row => Y[row])],
        Targets = [.. rows.Select(row => Targets[row])],
    };

    /// <summary>The number of points to learn from: the first of them.</summary>
    public int TrainCount(float share) => Count == 0 ? 0 : Math.Clamp((int)Math.Round(Count * (double)share), 1, Count);

    /// <summary>The inputs of a network for all points, row by row.</summary>
    public float[] Inputs(IReadOnlyList<PlaneFeature> features)
    {
        var inputs = new float[Count * features.Count];
        for (var row = 0; row < Count; row++)
            for (var i = 0; i < features.Count; i++) inputs[row * features.Count + i] = features[i].Of(X[row], Y[row]);
        return inputs;
    }
}

/// <summary>What features are.</summary>
public static class PlaneFeatures
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<PlaneFeature> All { get; } = Enum.GetValues<PlaneFeature>();

    /// <summary>The feature of a point.</summary>
    public static float Of(this PlaneFeature feature, float x, float y) => feature switch
    {
        PlaneFeature.X => x,
        PlaneFeature.Y => y,
        PlaneFeature.XSquared => x * x,
        PlaneFeature.YSquared => y * y,
        PlaneFeature.XTimesY => x * y,
        PlaneFeature.SinX => MathF.Sin(x),
        _ => MathF.Sin(y),
    };

    /// <summary>How it is written.</summary>
    public static string Symbol(this PlaneFeature feature) => feature switch
    {
        PlaneFeature.X => "x",
        PlaneFeature.Y => "y",
        PlaneFeature.XSquared => "x²",
        PlaneFeature.YSquared => "y²",
        PlaneFeature.XTimesY => "xy",
        PlaneFeature.SinX => "sin x",
        _ => "sin y",
    };
}

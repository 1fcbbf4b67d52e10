namespace SimpleFlow.Playground.Experiments;

/// <summary>Points that a reader paints and erases.</summary>
public sealed class PaintedPoints
{
    // Each point is put at a random place among the others, so that any share of the first ones is a fair sample.
    private readonly Random _random = new(1);
    private readonly List<(float X, float Y, float Class)> _points = [];

    /// <summary>How many there are.</summary>
    public int Count => _points.Count;

    /// <summary>Adds a point.</summary>
    public void Add(float x, float y, int kind) => _points.Insert(_random.Next(_points.Count + 1), (x, y, kind));

    /// <summary>Removes the points within a distance.</summary>
    /// <returns>Whether there were any.</returns>
    public bool Erase(float x, float y, float distance) =>
        _points.RemoveAll(point => (point.X - x) * (point.X - x) + (point.Y - y) * (point.Y - y) <= distance * distance) > 0;

    /// <summary>Removes all.</summary>
    public void Clear() => _points.Clear();

    /// <summary>Begins with other points.</summary>
    public void Take(PlanePoints points)
    {
        Clear();
        for (var i = 0; i < points.Count; i++) _points.Add((points.X[i], points.Y[i], points.Targets[i]));
    }

    /// <summary>The points; those of classes that there are no longer count for the last.</summary>
    public PlanePoints ToPoints(int classes) => new([.. _points.Select(point => point.X)], [.. _points.Select(point => point.Y)],
        [.. _points.Select(point => Math.Min(point.Class, classes - 1))], classes);
}

namespace SimpleFlow;

/// <summary>
/// Where in the flat result of a <see cref="Scan"/> everything lies. For each state there is its whole history, [time + 1, …]: the state
/// between two steps is written once, and whoever needs the states before the steps, those after them, or the last one, takes a piece of
/// it. Behind them lies each output, [time, …]. Every section starts on a cache line.
/// </summary>
internal sealed class ScanLayout
{
    private const int Alignment = 16;

    private ScanLayout(int time, Shape[] sections, long[] starts, long length) =>
        (Time, Sections, Starts, Length) = (time, sections, starts, length);

    /// <summary>The number of steps.</summary>
    public int Time { get; }

    /// <summary>The shape of each section: a history for each state, then the outputs.</summary>
    public Shape[] Sections { get; }

    /// <summary>Where each section starts.</summary>
    public long[] Starts { get; }

    /// <summary>The number of elements of the flat result.</summary>
    public long Length { get; }

    /// <summary>How many elements a step has of a section.</summary>
    public int Stride(int section) => Sections[section].ToSizes().Skip(1).Aggregate(1, (product, size) => product * size);

    /// <summary>The layout for inputs of known shapes.</summary>
    public static ScanLayout Of(ScanBody body, IReadOnlyList<Shape> inputs)
    {
        var results = body.On(body.LeavesFor(inputs));
        var time = inputs[0][0]!.Value;
        var sections = new Shape[results.Length];
        var starts = new long[results.Length];
        var end = 0L;
        for (var i = 0; i < sections.Length; i++)
        {
            sections[i] = results[i].Shape.Insert(0, i < body.States.Length ? time + 1 : time);
            starts[i] = end;
            end += (sections[i].ElementCount + Alignment - 1) / Alignment * Alignment;
        }
        return new ScanLayout((int)time, sections, starts, end);
    }
}

namespace SimpleFlow.Adversary;

/// <summary>
/// How far float32 may be off: what the plain reading itself gives when variables, data and the results of all moves are off by about a
/// rounding error. Kinks, ties and cancellation show in it, so that no op needs an error bound here.
/// The readings are of a twin of the program, and made only when a plain comparison has failed.
/// </summary>
internal sealed class Envelope(Twin twin, ProgramData data, Func<RandomProgram, Node[]> asked)
{
    private const int Readings = 24, MostReadings = 240;          // many, as a tie may have many ways out
    private readonly List<double[][]> _moved = [];

    public void Require(string what, int index, float[] found, double[] expected, double slack = 0)
    {
        var scale = expected.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty().Max();
        if (found.Zip(expected).All(pair => Close(pair.First, pair.Second, slack + 3e-6 * scale + 1e-5))) return;
        foreach (var size in (double[])[1e-6, 1e-5, 1e-4])
        {
            var readings = Moved(size, size < 1e-4 ? Readings : MostReadings);
            var element = 0;
            while (element < found.Length
                && Inside(readings, index, element, found[element], expected[element], slack + 3e-5 * scale + 1e-5))
                element++;
            if (element == found.Length) return;
            if (size < 1e-4) continue;
            throw new Disagreement(
                $"{what}: element {element} of {found.Length} is {found[element]:R}, the plain reading gives "
                    + $"{expected[element]:R} (largest {scale:G4})");
        }
    }

    private static bool Close(double found, double expected, double tolerance) =>
        double.IsNaN(expected) ? double.IsNaN(found) : found == expected || Math.Abs(found - expected) <= tolerance;

    private static bool Inside(double[][][] readings, int index, int element, double found, double expected, double slack)
    {
        var (low, high) = (expected, expected);
        foreach (var reading in readings)
        {
            low = Math.Min(low, reading[index][element]);
            high = Math.Max(high, reading[index][element]);
        }
        if (double.IsNaN(low)) return true;
        var room = 2 * (high - low) + slack;
        return found >= low - room && found <= high + room;
    }

    private double[][][] Moved(double size, int times)
    {
        var random = new Random(5);
        _moved.Clear();
        var kept = data.Save();
        for (var i = 0; i < times; i++)
        {
            twin.Program.Perturb(random, size);
            data.Perturb(random, size, kept);
            var feed = data.Feed(twin.Program.Placeholders);
            twin.Rounding.Feed(feed, random, size);
            _moved.Add([.. PlainReading.Of(asked(twin.Program), feed).Select(tensor =>
            {
                var elements = new double[(int)tensor.FlattenedLength];
                tensor.FlattenTo(elements);
                return elements;
            })]);
        }
        twin.Program.Restore();
        data.Restore(kept);
        return [.. _moved];
    }
}

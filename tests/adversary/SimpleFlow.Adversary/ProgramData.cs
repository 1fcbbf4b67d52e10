namespace SimpleFlow.Adversary;

/// <summary>What a program's placeholders are fed.</summary>
internal sealed class ProgramData
{
    private readonly List<(Placeholder Placeholder, float[] Floats, int[] Integers, long[] Sizes)> _arrays = [];

    public void Add(Placeholder placeholder, float[] floats, long[] sizes) => _arrays.Add((placeholder, floats, [], sizes));

    public void Add(Placeholder placeholder, int[] integers, long[] sizes) => _arrays.Add((placeholder, [], integers, sizes));

    public Feed Feed() => Feed(_arrays.Select(array => array.Placeholder));

    /// <summary>The same data for the placeholders of a twin.</summary>
    public Feed Feed(IEnumerable<Placeholder> placeholders)
    {
        var feed = new Feed();
        foreach (var (placeholder, (_, floats, integers, sizes)) in placeholders.Zip(_arrays))
            feed[placeholder] = sizes.Length == 0 && floats.Length == 1 ? (DataArray)floats[0]
                : DataArray.From(placeholder.ElementType == ElementType.Int32 ? integers : floats).Reshape(sizes);
        return feed;
    }

    public float[][] Save() => [.. _arrays.Select(array => (float[])array.Floats.Clone())];

    public void Perturb(Random random, double size, float[][] kept)
    {
        for (var i = 0; i < kept.Length; i++) Noise.Add(random, size, kept[i], _arrays[i].Floats);
    }

    public void Restore(float[][] kept)
    {
        for (var i = 0; i < kept.Length; i++) kept[i].CopyTo(_arrays[i].Floats, 0);
    }
}

/// <summary>Small random changes.</summary>
internal static class Noise
{
    public static void Add(Random random, double size, float[] from, float[] to)
    {
        for (var i = 0; i < from.Length; i++) to[i] = (float)(from[i] + (2 * random.NextDouble() - 1) * size * (Math.Abs(from[i]) + 0.1));
    }
}

namespace SimpleFlow.Defaults;

/// <summary>Random numbers of more kinds than <see cref="Random"/> has.</summary>
internal static class Noise
{
    /// <summary>A number of a normal distribution (Box and Muller, 1958).</summary>
    public static double Normal(this Random random, double mean = 0, double deviation = 1) =>
        mean + deviation * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    /// <summary>A number between two others, each as likely.</summary>
    public static double Uniform(this Random random, double from, double to) => from + (to - from) * random.NextDouble();
}

using SimpleFlow;

namespace YourOwn;

/// <summary>
/// Two towers with the same weights turn two noisy waves into two vectors, which are near each other if the waves have the same frequency
/// (Bromley and others, "Signature verification using a Siamese time delay neural network", 1994; with the contrastive loss of Hadsell,
/// Chopra and LeCun, 2006). It also works for frequencies that it has never seen.
/// </summary>
internal static class Siamese
{
    private const int Length = 64;

    public static void Run()
    {
        var (left, right) = (new Placeholder("left", [null, Length]), new Placeholder("right", [null, Length]));
        var same = new Placeholder("same", [null]);
        var tower = new SharedLayers(
            new Layer.Dense(128, Activation.Relu), new Layer.Dense(128, Activation.Relu), new Layer.Dense(8));
        var distance = ((tower.Apply(left) - tower.Apply(right)).Power(2).Sum([1]) + 1e-6f).Sqrt();
        // Waves of one frequency are pulled together, others are pushed apart until they are 1 apart.
        var loss = (same * distance.Power(2) + (1f - same) * (1f - distance).Relu().Power(2)).Mean();
        var model = new Model(loss, distance, new Adam(0.002f), seed: 1);

        var random = new Random(1);
        double[] known = [1, 2, 3, 4, 6, 7, 8, 9], others = [5];
        for (var step = 0; step < 3_000; step++)
        {
            var (feed, _) = Pairs(128, known, known);
            model.Step(feed);
        }
        Console.WriteLine($"  waves of frequencies it has seen: {Right(known, known):P1} right");
        Console.WriteLine($"  of one that it has never seen:    {Right(others, [.. known, .. others]):P1} right");
        if (Right(known, known) < 0.95) throw new InvalidOperationException("The towers have not learned to compare waves.");

        double Right(double[] first, double[] second)
        {
            var (feed, equal) = Pairs(2_000, first, second);
            var distances = model.Predict(feed);
            return Enumerable.Range(0, 2_000).Average(pair => distances[pair] < 0.5f == (equal[pair] == 1) ? 1.0 : 0);
        }

        (Feed Feed, float[] Same) Pairs(int count, double[] first, double[] second)
        {
            var (one, two, equal) = (new float[count * Length], new float[count * Length], new float[count]);
            for (var pair = 0; pair < count; pair++)
            {
                var frequency = first[random.Next(first.Length)];
                equal[pair] = random.Next(2);
                var other = frequency;
                while (equal[pair] == 0 && other == frequency) other = second[random.Next(second.Length)];
                Wave(one.AsSpan(pair * Length, Length), frequency);
                Wave(two.AsSpan(pair * Length, Length), other);
            }
            return (new Feed
            {
                [left] = DataArray.From(one).Reshape(count, Length),
                [right] = DataArray.From(two).Reshape(count, Length),
                [same] = equal,
            }, equal);
        }

        void Wave(Span<float> wave, double frequency)
        {
            var phase = random.NextDouble();
            for (var t = 0; t < Length; t++)
                wave[t] = (float)(Math.Sin(2 * Math.PI * (frequency * t / Length + phase)) + 0.3 * (random.NextDouble() - 0.5));
        }
    }
}

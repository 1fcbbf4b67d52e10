using SimpleFlow;

namespace YourOwn;

/// <summary>
/// A generative adversarial network (Goodfellow and others, 2014) on eight clusters in a circle. The critic learns to tell real points from
/// made ones, the generator learns to make points that the critic takes for real. Two models over one graph, each with an optimizer of its
/// own and the variables of its own network. A gradient inside of the loss (Gulrajani and others, "Improved training of Wasserstein GANs",
/// 2017) keeps the critic smooth, without which the generator would find only some of the clusters.
/// </summary>
internal static class Gan
{
    private const int Batch = 256, NoiseSize = 4, Clusters = 8;

    public static void Run()
    {
        var noise = new Placeholder("noise", [null, NoiseSize]);
        var real = new Placeholder("real", [null, 2]);
        var share = new Placeholder("share", [null, 1]);
        var generator = new SharedLayers(
            new Layer.Dense(64, Activation.Relu), new Layer.Dense(64, Activation.Relu), new Layer.Dense(2));
        var critic = new SharedLayers(
            new Layer.Dense(64, Activation.LeakyRelu), new Layer.Dense(64, Activation.LeakyRelu), new Layer.Dense(1));
        var made = generator.Apply(noise);

        // The critic sees what the generator made, and does not change it.
        var seen = made.StopGradient();
        var between = share * real + (1f - share) * seen;
        var slope = Gradients.Of(critic.Apply(between), between)[0];
        var penalty = ((slope.Power(2).Sum([1]) + 1e-12f).Sqrt() - 1f).Power(2).Mean();
        var criticLoss = critic.Apply(seen).Mean() - critic.Apply(real).Mean() + 1f * penalty;
        var criticModel = new Model(criticLoss, optimizer: new Adam(0.001f, beta1: 0.5f, beta2: 0.9f), seed: 1);
        var generatorModel = new Model(-critic.Apply(made).Mean(), made, new Adam(0.001f, beta1: 0.5f, beta2: 0.9f), seed: 1);

        var random = new Random(1);
        for (var round = 0; round < 2_000; round++)
        {
            for (var i = 0; i < 3; i++)
                criticModel.Step(new Feed { [noise] = Noise(Batch), [real] = Real(Batch), [share] = Shares(Batch) });
            generatorModel.Step(new Feed { [noise] = Noise(Batch) });
        }

        var points = generatorModel.Predict(new Feed { [noise] = Noise(2_000) });
        var counts = new int[Clusters];
        for (var point = 0; point < 2_000; point++)
        {
            for (var cluster = 0; cluster < Clusters; cluster++)
            {
                var (x, y) = Centre(cluster);
                if (MathF.Sqrt(MathF.Pow(points[point, 0] - x, 2) + MathF.Pow(points[point, 1] - y, 2)) < 0.3f) counts[cluster]++;
            }
        }
        Console.WriteLine($"  of 2,000 points it makes, these lie in the clusters: {string.Join(", ", counts)}");
        if (counts.Any(count => count < 50) || counts.Sum() < 1_400)
            throw new InvalidOperationException("The generator does not cover all clusters.");

        DataArray Noise(int count)
        {
            var numbers = new float[count * NoiseSize];
            for (var i = 0; i < numbers.Length; i++) numbers[i] = Normal();
            return DataArray.From(numbers).Reshape(count, NoiseSize);
        }

        DataArray Real(int count)
        {
            var numbers = new float[count * 2];
            for (var i = 0; i < count; i++)
            {
                var (x, y) = Centre(random.Next(Clusters));
                (numbers[2 * i], numbers[2 * i + 1]) = (x + 0.08f * Normal(), y + 0.08f * Normal());
            }
            return DataArray.From(numbers).Reshape(count, 2);
        }

        DataArray Shares(int count) =>
            DataArray.From(Enumerable.Range(0, count).Select(_ => random.NextSingle()).ToArray()).Reshape(count, 1);

        float Normal() => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
    }

    private static (float X, float Y) Centre(int cluster)
    {
        var (sin, cos) = MathF.SinCos(2 * MathF.PI * cluster / Clusters);
        return (cos, sin);
    }
}

using SimpleFlow;

namespace YourOwn;

/// <summary>
/// A variational autoencoder (Kingma and Welling, "Auto-encoding variational Bayes", 2014): the encoder gives a distribution over codes,
/// the decoder turns a code drawn from it back into the example. Afterwards the decoder is used alone: any code from the normal
/// distribution becomes an example that was not in the data.
/// </summary>
internal static class Vae
{
    private const int Length = 32, CodeSize = 2;

    public static void Run()
    {
        var x = new Placeholder("x", [null, Length]);
        var hidden = Layers.Dense(x, 64, Activation.Silu, name: "hidden");
        var mean = Layers.Dense(hidden, CodeSize, name: "mean");
        var logVariance = Layers.Dense(hidden, CodeSize, name: "log variance");
        // Drawn so that the gradient reaches mean and variance: a fixed distribution, scaled and shifted.
        var code = mean + (0.5f * logVariance).Exp() * mean.RandomNormal();
        var decoder = new SharedLayers(
            new Layer.Dense(64, Activation.Silu), new Layer.Dense(64, Activation.Silu), new Layer.Dense(Length, Activation.Sigmoid));
        var decoded = decoder.Apply(code);
        var error = 25f * (decoded - x).Power(2).Sum([1]).Mean();
        // How far the codes are from the normal distribution.
        var divergence = -0.5f * (1f + logVariance - mean.Power(2) - logVariance.Exp()).Sum([1]).Mean();
        var model = new Model(error + divergence, decoded, new Adam(0.005f), seed: 1);

        var random = new Random(1);
        var data = new float[4_096 * Length];
        for (var row = 0; row < 4_096; row++)
            Bump(data.AsSpan(row * Length, Length), 6 + 20 * random.NextDouble(), 1.5 + 1.5 * random.NextDouble());
        var history = model.Fit(new Dataset { [x] = DataArray.From(data).Reshape(4_096, Length) },
            new FitOptions { Epochs = 60, BatchSize = 64, Schedule = Schedule.OneCycle() });
        Console.WriteLine($"  loss: {history.Epochs[0].Loss:F2} → {history.Last.Loss:F2}");

        // The decoder with the weights that it was trained with, and without the encoder.
        var z = new Placeholder("z", [null, CodeSize]);
        var generator = new Model(default, decoder.Apply(z));
        var codes = new float[1_000 * CodeSize];
        for (var i = 0; i < codes.Length; i += 2)
        {
            // Two normally distributed numbers from two uniform ones (Box and Muller, 1958).
            var radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
            var (sin, cos) = Math.SinCos(2 * Math.PI * random.NextDouble());
            (codes[i], codes[i + 1]) = ((float)(radius * cos), (float)(radius * sin));
        }
        var made = generator.Predict(new Feed { [z] = DataArray.From(codes).Reshape(1_000, CodeSize) }).ToArray();
        var errors = Enumerable.Range(0, 1_000).Select(row => Distance(made.AsSpan(row * Length, Length))).Order().ToArray();
        var places = Enumerable.Range(0, 1_000).Select(row => Centre(made.AsSpan(row * Length, Length))).ToArray();
        Console.WriteLine($"  the decoder alone: nine of ten new bumps differ from a perfect one by less than {errors[900]:F3}");
        Console.WriteLine($"  their centres lie between {places.Order().ElementAt(50):F0} and {places.Order().ElementAt(950):F0}");
        if (errors[900] > 0.12 || places.Order().ElementAt(50) > 10 || places.Order().ElementAt(950) < 22)
            throw new InvalidOperationException("The decoder has not learned what bumps look like.");
    }

    private static void Bump(Span<float> row, double centre, double width)
    {
        for (var i = 0; i < Length; i++) row[i] = (float)Math.Exp(-(i - centre) * (i - centre) / (2 * width * width));
    }

    // The root of the mean squared difference from the perfect bump that is nearest.
    private static double Distance(ReadOnlySpan<float> row)
    {
        var least = double.MaxValue;
        var perfect = new float[Length];
        for (var centre = 4.0; centre <= 28; centre += 0.25)
        {
            for (var width = 1.25; width <= 3.25; width += 0.25)
            {
                Bump(perfect, centre, width);
                var sum = 0.0;
                for (var i = 0; i < Length; i++) sum += (row[i] - perfect[i]) * (row[i] - perfect[i]);
                least = Math.Min(least, Math.Sqrt(sum / Length));
            }
        }
        return least;
    }

    private static double Centre(ReadOnlySpan<float> row)
    {
        var (sum, weighted) = (0.0, 0.0);
        for (var i = 0; i < Length; i++) (sum, weighted) = (sum + row[i], weighted + row[i] * i);
        return weighted / sum;
    }
}

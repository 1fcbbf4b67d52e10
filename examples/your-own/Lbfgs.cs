using SimpleFlow;

namespace YourOwn;

/// <summary>L-BFGS (Nocedal, "Updating quasi-Newton matrices with limited storage", 1980): it looks at gradients several times for a step,
/// which <c>model.Gradients</c> gives without making one.</summary>
internal static class Lbfgs
{
    private const int Remembered = 10;

    public static void Run()
    {
        var x = new Placeholder("x", [null, 1]);
        var y = new Placeholder("y", [null, 1]);
        var prediction = Layers.Dense(Layers.Dense(x, 10, Activation.Tanh, name: "hidden"), 1, name: "output");
        var model = new Model(Losses.MeanSquaredError(prediction, y), prediction, seed: 1);
        float[] xs = [.. Enumerable.Range(0, 50).Select(i => -2 + i * 0.08f)];
        var feed = new Feed
        {
            [x] = DataArray.From(xs).Reshape(50, 1),
            [y] = DataArray.From(Array.ConvertAll(xs, MathF.Sin)).Reshape(50, 1),
        };

        var memory = new List<(float[] Step, float[] Change)>();
        var at = model.Gradients(feed);
        var (point, slope, start) = (at.Variables.ToVector(), at.ToVector(), at.Loss);
        for (var iteration = 0; iteration < 100; iteration++)
        {
            var direction = Direction(memory, slope);
            var before = (at.Loss, Point: point, Slope: slope);
            // Half the step until the loss falls as the slope promises, at least by a ten-thousandth of it.
            for (var size = 1f; size > 1e-6f; size /= 2)
            {
                point = [.. before.Point.Zip(direction, (p, d) => p - size * d)];
                at.Variables.SetVector(point);
                at = model.Gradients(feed);
                if (at.Loss <= before.Loss - 1e-4f * size * Dot(before.Slope, direction)) break;
            }
            slope = at.ToVector();
            float[] step = [.. point.Zip(before.Point, (a, b) => a - b)], change = [.. slope.Zip(before.Slope, (a, b) => a - b)];
            // Where the loss does not curve upwards, there is nothing to learn about its curvature.
            if (Dot(step, change) <= 1e-12f) continue;
            memory.Add((step, change));
            if (memory.Count > Remembered) memory.RemoveAt(0);
        }
        Console.WriteLine($"  loss: {start:F3} → {at.Loss:E1} in 100 iterations");
        if (at.Loss > 1e-4f) throw new InvalidOperationException("L-BFGS has not found the minimum.");
    }

    // The inverse of the Hessian times the slope, as the last steps suggest.
    private static float[] Direction(List<(float[] Step, float[] Change)> memory, float[] slope)
    {
        float[] result = [.. slope];
        var factors = new float[memory.Count];
        for (var i = memory.Count - 1; i >= 0; i--)
        {
            factors[i] = Dot(memory[i].Step, result) / Dot(memory[i].Step, memory[i].Change);
            Add(result, -factors[i], memory[i].Change);
        }
        if (memory is [.., var last])
        {
            var scale = Dot(last.Step, last.Change) / Dot(last.Change, last.Change);
            for (var j = 0; j < result.Length; j++) result[j] *= scale;
        }
        for (var i = 0; i < memory.Count; i++)
            Add(result, factors[i] - Dot(memory[i].Change, result) / Dot(memory[i].Step, memory[i].Change), memory[i].Step);
        return result;
    }

    private static void Add(float[] result, float factor, float[] other)
    {
        for (var j = 0; j < result.Length; j++) result[j] += factor * other[j];
    }

    private static float Dot(float[] a, float[] b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++) sum += (double)a[i] * b[i];
        return (float)sum;
    }
}

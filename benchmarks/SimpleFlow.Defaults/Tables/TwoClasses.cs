namespace SimpleFlow.Defaults;

/// <summary>Two classes of the same size with a boundary that no single number tells.</summary>
internal static class TwoClasses
{
    private const int Rows = 5000;
    private const double MoonNoise = 0.3, Flipped = 0.05;

    /// <summary>Two half circles that reach into each other, with noise.</summary>
    public static Table Moons(int seed)
    {
        var random = new Random(seed);
        var (inputs, targets) = (new float[Rows][], new float[Rows]);
        for (var row = 0; row < Rows; row++)
        {
            var (lower, angle) = (row % 2, Math.PI * random.NextDouble());
            var (x, y) = lower == 0 ? (Math.Cos(angle), Math.Sin(angle)) : (1 - Math.Cos(angle), 0.5 - Math.Sin(angle));
            inputs[row] = [(float)random.Normal(x, MoonNoise), (float)random.Normal(y, MoonNoise)];
            targets[row] = lower;
        }
        return new Table("two moons", Measure.Accuracy, inputs, targets);
    }

    /// <summary>
    /// An exclusive or of two exclusive ors, each of the signs of two numbers: (a ⊕ b) ⊕ (c ⊕ d). One row in twenty has the wrong class,
    /// and two more numbers say nothing.
    /// </summary>
    public static Table NestedXor(int seed)
    {
        var random = new Random(seed);
        var (inputs, targets, right) = (new float[Rows][], new float[Rows], 0);
        for (var row = 0; row < Rows; row++)
        {
            inputs[row] = [.. Enumerable.Range(0, 6).Select(_ => (float)random.Uniform(-1, 1))];
            var (first, second) = (Xor(inputs[row][0], inputs[row][1]), Xor(inputs[row][2], inputs[row][3]));
            var isFlipped = random.NextDouble() < Flipped;
            if (!isFlipped) right++;
            targets[row] = first ^ second ^ isFlipped ? 1 : 0;
        }
        return new Table("nested XOR", Measure.Accuracy, inputs, targets, right / (double)Rows);

        static bool Xor(float a, float b) => a > 0 ^ b > 0;
    }
}

using System.Numerics.Tensors;
using SimpleFlow.Kernels;

namespace SimpleFlow;

/// <summary>Fills the initial values of a variable.</summary>
/// <param name="values">The elements to fill, in row-major order; they are zeros.</param>
/// <param name="shape">The variable's shape.</param>
/// <param name="random">The variable's own source of random numbers.</param>
public delegate void InitialValues(Span<float> values, Shape shape, RandomNumbers random);

/// <summary>The initial values of a variable. Random values are a function of (seed, the variable's stream, position), so the same seed
/// gives the same network.</summary>
public abstract class Initializer
{
    /// <summary>Normal numbers with mean 0 and standard deviation <paramref name="scale"/>:
    /// the default, as in the seed of this project.</summary>
    public static Initializer Normal(float scale = 0.3f, float mean = 0) =>
        new Formula($"normal({mean}, {scale})", (values, _, seed, stream) =>
    {
        Philox.FillNormal(values, seed, stream, 0);
        foreach (ref var value in values) value = mean + scale * value;
    });

    /// <summary>Uniform numbers in [<paramref name="lowest"/>, <paramref name="highest"/>).</summary>
    public static Initializer Uniform(float lowest, float highest) =>
        new Formula($"uniform({lowest}, {highest})", (values, _, seed, stream) => FillUniform(values, seed, stream, lowest, highest));

    /// <summary>
    /// Uniform numbers in ±√(6 / (inputs + outputs)), for layers without an activation or with tanh or sigmoid
    /// (Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks", 2010).
    /// </summary>
    public static Initializer Glorot() => Scaled("glorot", Fan.Both, Spread.Uniform, 1, "glorot");

    /// <summary>Numbers of the variance gain² · 2 / (inputs + outputs), of any distribution; <see cref="Glorot()"/> has uniform ones and a
    /// gain of 1.</summary>
    /// <param name="spread">How the numbers are distributed.</param>
    /// <param name="gain">What all are multiplied by: 5/3 for tanh in PyTorch.</param>
    public static Initializer Glorot(Spread spread, float gain = 1) => Scaled("glorot", Fan.Both, spread, gain * gain);

    /// <summary>
    /// Normal numbers with standard deviation √(2 / inputs), for layers with ReLU
    /// (He, Zhang, Ren and Sun, "Delving deep into rectifiers", 2015).
    /// </summary>
    public static Initializer He() => Scaled("he", Fan.Inputs, Spread.Normal, 2, "he");

    /// <summary>Numbers of the variance 2 / inputs, or of another gain or fan; <see cref="He()"/> has normal ones.</summary>
    /// <param name="spread">How the numbers are distributed.</param>
    /// <param name="fan">What the variance is divided by: <see cref="Fan.Outputs"/> keeps the size of the gradients, and not of the
    /// results.</param>
    /// <param name="gain">What all are multiplied by; by default √2, for ReLU. √(2 / (1 + slope²)) is for leaky ReLU.</param>
    public static Initializer He(Spread spread, Fan fan = Fan.Inputs, float gain = 1.41421356f) => Scaled("he", fan, spread, gain * gain);

    /// <summary>Numbers of the variance 1 / inputs, for layers with SELU (LeCun, Bottou, Orr and Müller, "Efficient backprop",
    /// 1998).</summary>
    /// <param name="spread">How the numbers are distributed.</param>
    public static Initializer LeCun(Spread spread = Spread.Normal) => Scaled("lecun", Fan.Inputs, spread, 1);

    /// <summary>Normal numbers that lie within some standard deviations of 0; those further out are drawn again.</summary>
    /// <param name="scale">The standard deviation before those further out are left out.</param>
    /// <param name="bound">How many standard deviations from 0 are allowed.</param>
    public static Initializer TruncatedNormal(float scale = 0.02f, float bound = 2)
    {
        // A narrower one would be met by one draw of a dozen, or fewer.
        if (!(bound >= 0.1f)) throw new ArgumentOutOfRangeException(nameof(bound), bound, "The bound must be at least 0.1.");
        return new Formula($"truncated normal({scale}, {bound})", (values, _, seed, stream) =>
        {
            FillTruncated(values, seed, stream, bound);
            foreach (ref var value in values) value *= scale;
        });
    }

    /// <summary>
    /// Orthogonal rows, or columns if there are fewer of them: the weights keep the length of what they are multiplied by (Saxe, McClelland
    /// and Ganguli, "Exact solutions to the nonlinear dynamics of learning in deep linear neural networks", 2014). Weights of more than two
    /// axes are a matrix of [first axis, all others].
    /// </summary>
    /// <param name="gain">What all are multiplied by.</param>
    public static Initializer Orthogonal(float gain = 1) => new Formula($"orthogonal({gain})", (values, shape, seed, stream) =>
    {
        Philox.FillNormal(values, seed, stream, 0);
        var rows = shape.Rank < 2 ? 1 : (int)shape[0]!.Value;
        MakeOrthogonal(values, rows, rows == 0 ? 0 : values.Length / rows);
        foreach (ref var value in values) value *= gain;
    });

    /// <summary>The same number everywhere.</summary>
    public static Initializer Constant(float value) => new Formula($"constant({value})", (values, _, _, _) => values.Fill(value));

    /// <summary>The given elements in row-major order; there must be as many as the variable has.</summary>
    public static Initializer Constant(params float[] values) => new Given([.. Required.Value(values)], null);

    /// <summary>The given elements; the shape must be the variable's.</summary>
    public static Initializer Constant(Tensor<float> values) =>
        new Given(TensorMemory.ToArray(Required.Value(values)), TensorMemory.ShapeOf(values));

    /// <summary>Equal parts, one for each given number, each filled with its number.</summary>
    internal static Initializer Parts(params float[] numbers) =>
        new Formula($"parts({string.Join(", ", numbers.Select(number => $"{number}"))})", (values, _, _, _) =>
    {
        for (var i = 0; i < values.Length; i++) values[i] = numbers[(int)((long)i * numbers.Length / values.Length)];
    });

    /// <summary>
    /// A function of your own, which fills a variable's elements in row-major order. It draws random numbers from what it is given, so that
    /// the same seed gives the same network, and every variable gets its own.
    /// </summary>
    /// <param name="fill">Gets the elements to fill, the shape, and a source of random numbers.</param>
    /// <param name="name">What it does, for messages: <c>orthogonal</c>.</param>
    public static Initializer Of(InitialValues fill, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(fill);
        return new Formula(name is null ? "a function" : Required.Text(name),
            (values, shape, seed, stream) => fill(values, shape, new RandomNumbers(seed, stream)));
    }

    /// <summary>Zeros.</summary>
    public static Initializer Zeros() => Constant(0f);

    /// <summary>Ones.</summary>
    public static Initializer Ones() => Constant(1f);

    /// <summary>
    /// The numbers that a saved network brings: for a layer of your own whose first weights are not drawn, such as one that others have
    /// trained. Until a network is loaded they are zeros. <see cref="Model.Reset"/> leaves such a variable as it is, and refuses to begin
    /// again if the model has trained it.
    /// </summary>
    public static Initializer Saved() => new FromNetwork();

    /// <summary>Whether the first numbers come with a saved network, and from nowhere else.</summary>
    internal virtual bool IsSaved => false;

    /// <summary>Whether it can fill a variable of this shape.</summary>
    internal virtual bool Fits(Shape variable) => true;

    internal abstract void Fill(Span<float> values, Shape shape, ulong seed, uint stream);

    /// <summary>Numbers of the variance <paramref name="variance"/> / fan.</summary>
    private static Formula Scaled(string kind, Fan fan, Spread spread, float variance, string? name = null) =>
        new Formula(name ?? $"{kind}({spread}, {fan}, variance {variance})", (values, shape, seed, stream) =>
        {
            var (inputs, outputs) = Fans(shape);
            var divisor = fan switch { Fan.Inputs => inputs, Fan.Outputs => outputs, _ => (inputs + outputs) / 2 };
            if (spread == Spread.Uniform)
            {
                var bound = MathF.Sqrt(3 * variance / divisor);
                FillUniform(values, seed, stream, -bound, bound);
                return;
            }
            if (spread == Spread.TruncatedNormal) FillTruncated(values, seed, stream, 2);
            else Philox.FillNormal(values, seed, stream, 0);
            // What is left of a normal distribution within two standard deviations has a smaller one of its own.
            var scale = MathF.Sqrt(variance / divisor) / (spread == Spread.TruncatedNormal ? DeviationWithinTwo : 1);
            foreach (ref var value in values) value *= scale;
        });

    // √(1 − 4·φ(2) / (2·Φ(2) − 1)), with the density φ and the distribution function Φ of the normal distribution.
    private const float DeviationWithinTwo = 0.87962566f;

    // An element is drawn again as often as it lies outside, and depends on nothing but its place.
    private static void FillTruncated(Span<float> values, ulong seed, uint stream, float bound)
    {
        Philox.FillNormal(values, seed, stream, 0);
        for (var i = 0; i < values.Length; i++)
            for (var attempt = 1; Math.Abs(values[i]) > bound; attempt++) values[i] = Philox.Normal(seed, stream, attempt, i);
    }

    // Gram and Schmidt, twice: once more takes away what rounding has left.
    private static void MakeOrthogonal(Span<float> values, int rows, int columns)
    {
        var (count, length) = (Math.Min(rows, columns), Math.Max(rows, columns));
        var vectors = new double[count][];
        for (var i = 0; i < count; i++)
        {
            var own = vectors[i] = new double[length];
            for (var k = 0; k < length; k++) own[k] = values[rows <= columns ? i * columns + k : k * columns + i];
            for (var turn = 0; turn < 2; turn++)
            {
                for (var j = 0; j < i; j++)
                {
                    var along = TensorPrimitives.Dot<double>(own, vectors[j]);
                    TensorPrimitives.MultiplyAdd<double>(vectors[j], -along, own, own);
                }
            }
            var norm = TensorPrimitives.Norm<double>(own);
            TensorPrimitives.Divide<double>(own, norm, own);
            for (var k = 0; k < length; k++) values[rows <= columns ? i * columns + k : k * columns + i] = (float)own[k];
        }
    }

    private static void FillUniform(Span<float> values, ulong seed, uint stream, float lowest, float highest)
    {
        Philox.FillUniform(values, seed, stream, 0);
        foreach (ref var value in values) value = lowest + (highest - lowest) * value;
    }

    /// <summary>
    /// The number of inputs of each output, and of outputs of each input: for weights stored as [inputs, outputs], and for those of
    /// convolutions, [channels out, channels in / groups, window], where it is the channels times the window.
    /// </summary>
    private static (float Inputs, float Outputs) Fans(Shape shape) => shape.Rank switch
    {
        0 => (1, 1),
        1 => ((float)shape[0]!, (float)shape[0]!),
        2 => ((float)shape[0]!, (float)shape[1]!),
        _ => (shape.ElementCount / Math.Max(1f, (float)shape[0]!), shape.ElementCount / Math.Max(1f, (float)shape[1]!)),
    };

    private delegate void Filling(Span<float> values, Shape shape, ulong seed, uint stream);

    private sealed class Formula(string name, Filling fill) : Initializer
    {
        internal override void Fill(Span<float> values, Shape shape, ulong seed, uint stream) => fill(values, shape, seed, stream);

        public override string ToString() => name;
    }

    private sealed class FromNetwork : Initializer
    {
        internal override bool IsSaved => true;

        internal override void Fill(Span<float> values, Shape shape, ulong seed, uint stream) { }

        public override string ToString() => "from a saved network";
    }

    private sealed class Given(float[] elements, Shape? shape) : Initializer
    {
        internal override bool Fits(Shape variable) => shape is null ? elements.Length == variable.ElementCount : shape.Equals(variable);

        internal override void Fill(Span<float> values, Shape _, ulong seed, uint stream) => elements.CopyTo(values);

        public override string ToString() => $"constant{shape ?? Shape.Of(elements.Length)}";
    }
}

/// <summary>How initial values are distributed.</summary>
public enum Spread
{
    /// <summary>Normally.</summary>
    Normal,

    /// <summary>Evenly between two bounds.</summary>
    Uniform,

    /// <summary>Normally, without what is further from 0 than two standard deviations.</summary>
    TruncatedNormal,
}

/// <summary>What the variance of initial values is divided by.</summary>
public enum Fan
{
    /// <summary>The inputs of each output: the results keep their size.</summary>
    Inputs,

    /// <summary>The outputs of each input: the gradients keep their size.</summary>
    Outputs,

    /// <summary>The mean of both.</summary>
    Both,
}

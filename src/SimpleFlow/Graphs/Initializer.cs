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
    public static Initializer Glorot() => new Formula("glorot", (values, shape, seed, stream) =>
    {
        var (inputs, outputs) = Fans(shape);
        var bound = MathF.Sqrt(6f / (inputs + outputs));
        FillUniform(values, seed, stream, -bound, bound);
    });

    /// <summary>
    /// Normal numbers with standard deviation √(2 / inputs), for layers with ReLU
    /// (He, Zhang, Ren and Sun, "Delving deep into rectifiers", 2015).
    /// </summary>
    public static Initializer He() => new Formula("he", (values, shape, seed, stream) =>
    {
        Philox.FillNormal(values, seed, stream, 0);
        var scale = MathF.Sqrt(2f / Fans(shape).Inputs);
        foreach (ref var value in values) value *= scale;
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

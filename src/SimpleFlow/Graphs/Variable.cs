using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using SimpleFlow.Kernels;

namespace SimpleFlow;

/// <summary>
/// A value that training changes. It keeps its elements between runs and can be read at any time between steps. Its
/// <see cref="Initializer"/> supplies the first elements when they are first needed: with the seed of the first model that uses it, or with
/// seed 0 if it is read before.
/// </summary>
public sealed class Variable : Node
{
    /// <summary>The maximum number of axes of a variable: NumPy and weight files allow no more.</summary>
    internal const int MostAxes = 64;

    private readonly Lock _initializing = new();
    private AlignedMemory? _memory;

    /// <summary>The training run that currently trains it.</summary>
    internal VariableClaim? Claim;

    /// <summary>Creates a variable.</summary>
    /// <param name="name">Its name in messages, pictures and saved files.</param>
    /// <param name="shape">Its sizes, all known.</param>
    /// <param name="initializer">The initial values; <c>Initializer.Normal(0.3f)</c> by default.</param>
    /// <param name="trainable">Whether an optimizer changes it.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <exception cref="ArgumentException">The name contains half a character, which files cannot hold.</exception>
    /// <exception cref="ShapeException">A size is unknown, there are more than 64 axes, or the shape does not match the initializer's
    /// array.</exception>
    public Variable(string name, Shape shape, Initializer? initializer = null, bool trainable = true, [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0)
        : base(name, shape, ElementType.Float32, [], new SourceLocation(file, line))
    {
        Initializer = initializer ?? Initializer.Normal();
        IsTrainable = trainable;
        if (!shape.IsKnown)
            throw Refused($"`{name}` has the shape {shape}; every size of a variable must be known.",
                "Only placeholders may leave sizes open.");
        if (shape.Rank > MostAxes)
            throw Refused($"`{name}` has {shape.Rank} axes; a variable has at most {MostAxes}: weight files allow no more.",
                "Merge some axes.");
        if (!Initializer.Fits(shape))
            throw Refused($"`{name}` has the shape {shape}, but its initial values are {Initializer}.",
                "Give as many values as the variable has elements.");
    }

    private ShapeException Refused(string rule, string advice) =>
        ShapeException.Of(nameof(Variable), [this], new ShapeException(rule, advice));

    /// <summary>The initial values.</summary>
    public Initializer Initializer { get; }

    /// <summary>Whether an optimizer changes it.</summary>
    public bool IsTrainable { get; }

    /// <summary>A copy of its current elements. While a model trains it on another thread, these are the elements at the end of a
    /// step.</summary>
    public override Tensor<float> Values
    {
        get
        {
            var memory = Memory;
            using var _ = VariableAccess.Reading(this);
            return TensorMemory.Create(memory.Span.ToArray(), Shape);
        }
    }

    /// <summary>Replaces its elements, given in row-major order. While a model on another thread trains it or predicts with it, the
    /// replacement happens between two steps.</summary>
    /// <exception cref="ArgumentException">The number of elements differs.</exception>
    public void Set(ReadOnlySpan<float> elements)
    {
        if (elements.Length != Memory.Length)
            throw new ArgumentException(
                $"`{Name}` {Shape} needs {NumberText.Count(Memory.Length, "element")}, and {elements.Length} were given.",
                nameof(elements));
        using var _ = VariableAccess.Writing([this]);
        elements.CopyTo(Memory.Span);
    }

    /// <summary>The lock that holds it, together with other variables, while it is used; see <see cref="VariableAccess"/>.</summary>
    internal VariableLock? Lock { get; set; }

    /// <summary>Whether it already has elements.</summary>
    internal bool HasMemory => _memory is not null;

    /// <summary>The seed and the stream that its initial elements were drawn from, once it has some.</summary>
    internal (ulong Seed, uint Stream)? DrawnFrom { get; private set; }

    // Even before a model has numbered the variables, two of the same shape should start differently.
    internal AlignedMemory Memory =>
        _memory ?? Initialize(seed: 0, RandomStreams.NamedVariables[RandomStreams.NamedVariables.NumberOf(Name!)]);

    /// <summary>Gives the variable its initial elements, unless it already has some.</summary>
    /// <exception cref="MemoryException">There is not enough memory.</exception>
    internal AlignedMemory Initialize(ulong seed, uint stream)
    {
        if (_memory is not null) return _memory;
        // Two models may start on two threads, or one thread may read while another trains: all see the same elements.
        lock (_initializing) return _memory ??= Filled(seed, stream);
    }

    /// <summary>Fresh initial elements, to set with <see cref="Restart"/>.</summary>
    internal float[] Drawn(ulong seed, uint stream)
    {
        var elements = new float[Memory.Length];
        Initializer.Fill(elements, Shape, seed, stream);
        return elements;
    }

    /// <summary>Begins again with fresh initial elements. Nobody may use the variable meanwhile.</summary>
    internal void Restart(float[] elements, ulong seed, uint stream)
    {
        elements.CopyTo(Memory.Span);
        DrawnFrom = (seed, stream);
    }

    private AlignedMemory Filled(ulong seed, uint stream)
    {
        MemoryBudget.RequireVariables([this], "The elements of a variable", "Use a smaller one, or a machine with more memory.");
        var memory = new AlignedMemory((int)Shape.ElementCount);
        try
        {
            Initializer.Fill(memory.Span, Shape, seed, stream);
        }
        catch (Exception exception) when (OpFailure.IsOfItsCode(exception))
        {
            throw new GraphException($"The initializer '{Initializer}' of `{Name}` {Shape} threw {exception.GetType().Name}: "
                + $"{exception.Message.ReplaceLineEndings(" ")}\nThe inner exception says where. Correct the function.", exception);
        }
        DrawnFrom = (seed, stream);
        return memory;
    }

    internal override Formula Expression(int depth) => Name!;
}

using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using SimpleFlow.Kernels;

namespace SimpleFlow;

/// <summary>
/// A value that training changes. It keeps its elements between runs and can be read at any time between steps.
/// Its first elements come from its <see cref="Initializer"/> when they are first needed:
/// with the seed of the first model that uses it, or with seed 0 if it is read before.
/// </summary>
public sealed class Variable : Node
{
    /// <summary>The most axes of a variable: what NumPy and the files of weights know.</summary>
    internal const int MostAxes = 64;

    private readonly Lock _initializing = new();
    private AlignedMemory? _memory;

    /// <summary>By whom it is being trained.</summary>
    internal VariableClaim? Claim;

    /// <summary>Creates a variable.</summary>
    /// <param name="name">Its name in messages, pictures and saved files.</param>
    /// <param name="shape">Its sizes, all known.</param>
    /// <param name="initializer">What it starts from; <c>Initializer.Normal(0.3f)</c> where nothing is said.</param>
    /// <param name="trainable">Whether an optimizer changes it.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <exception cref="ArgumentException">The name holds half a character, which no file can.</exception>
    /// <exception cref="ShapeException">A size is unknown, there are more than 64, or the shape
    /// does not fit the initializer's array.</exception>
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
            throw Refused($"`{name}` has {shape.Rank} axes; a variable has at most {MostAxes}, as files of weights hold no more.",
                "Put axes together.");
        if (!Initializer.Fits(shape))
            throw Refused($"`{name}` has the shape {shape}, its initial values {Initializer}.",
                "Give as many values as the variable has elements.");
    }

    private ShapeException Refused(string rule, string advice) =>
        ShapeException.Of(nameof(Variable), [this], new ShapeException(rule, advice));

    /// <summary>What it starts from.</summary>
    public Initializer Initializer { get; }

    /// <summary>Whether an optimizer changes it.</summary>
    public bool IsTrainable { get; }

    /// <summary>A copy of its elements as they are now; while a model trains it on another
    /// thread, as they were at the end of a step.</summary>
    public override Tensor<float> Values
    {
        get
        {
            var memory = Memory;
            using var _ = VariableAccess.Reading(this);
            return TensorMemory.Create(memory.Span.ToArray(), Shape);
        }
    }

    /// <summary>Replaces its elements, given in row-major order; while a model trains it or predicts with it
    /// on another thread, between two steps.</summary>
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

    /// <summary>What it is held by while it is used, together with others; see <see cref="VariableAccess"/>.</summary>
    internal VariableLock? Lock { get; set; }

    /// <summary>Whether it has elements already.</summary>
    internal bool HasMemory => _memory is not null;

    /// <summary>The seed and the stream that its first elements were drawn from, once it has some.</summary>
    internal (ulong Seed, uint Stream)? DrawnFrom { get; private set; }

    // Read before any model has numbered the variables, two of one shape should not start alike.
    internal AlignedMemory Memory =>
        _memory ?? Initialize(seed: 0, RandomStreams.NamedVariables[RandomStreams.NamedVariables.NumberOf(Name!)]);

    /// <summary>Gives the variable its first elements, unless it has some.</summary>
    /// <exception cref="MemoryException">There is not so much memory.</exception>
    internal AlignedMemory Initialize(ulong seed, uint stream)
    {
        if (_memory is not null) return _memory;
        // Two models that begin on two threads, or one thread that reads it while another trains: all get the same elements.
        lock (_initializing) return _memory ??= Filled(seed, stream);
    }

    private AlignedMemory Filled(ulong seed, uint stream)
    {
        MemoryBudget.RequireVariables([this], "The elements of a variable", "Use a smaller one, or a machine with more memory.");
        var memory = new AlignedMemory((int)Shape.ElementCount);
        Initializer.Fill(memory.Span, Shape, seed, stream);
        DrawnFrom = (seed, stream);
        return memory;
    }

    internal override Formula Expression(int depth) => Name!;
}

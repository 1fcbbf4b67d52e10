using System.Runtime.CompilerServices;

namespace SimpleFlow;

/// <summary>A value that the program feeds at every run: inputs and targets.</summary>
public sealed class Placeholder : Node
{
    /// <summary>Creates a placeholder.</summary>
    /// <param name="name">Its name in messages, pictures and feeds.</param>
    /// <param name="shape">Its sizes; null for a size that only the feed knows: <c>[null, 784]</c>.</param>
    /// <param name="elementType">The type of its elements; <see cref="ElementType.Int32"/> for class indices.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public Placeholder(string name, Shape shape, ElementType elementType = ElementType.Float32, [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0)
        : base(name, shape, elementType, [], new SourceLocation(file, line)) => Origin = this;

    /// <summary>A placeholder inside a plan, with the shape that a feed gave it.</summary>
    internal Placeholder(Placeholder origin, Shape fed)
        : base(origin.Name, fed, origin.ElementType, [], origin.MadeAt) => Origin = origin;

    /// <summary>The user's placeholder.</summary>
    internal Placeholder Origin { get; }

    internal override Formula Expression(int depth) => Name!;
}

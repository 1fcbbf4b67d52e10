namespace SimpleFlow;

/// <summary>The type of a tensor's elements. Every type takes four bytes, so any tensor fits any region of the arena of that many
/// elements.</summary>
public enum ElementType
{
    /// <summary>A single-precision number; the only type that has gradients.</summary>
    Float32,

    /// <summary>A whole number: class labels, indices, positions.</summary>
    Int32,

    /// <summary>A truth value, stored as 1.0 or 0.0, so that a mask multiplies and selects without a conversion.</summary>
    Bool,
}

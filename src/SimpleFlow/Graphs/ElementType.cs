namespace SimpleFlow;

/// <summary>What one element of a tensor is. Every type takes four bytes, so that any tensor fits any region of the arena.</summary>
public enum ElementType
{
    /// <summary>A single-precision number; the only type that has gradients.</summary>
    Float32,

    /// <summary>A whole number: class labels, indices, positions.</summary>
    Int32,

    /// <summary>A truth value, kept as 1.0 or 0.0, so that a mask multiplies and selects without a conversion.</summary>
    Bool,
}

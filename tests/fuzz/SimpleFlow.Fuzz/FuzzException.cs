namespace SimpleFlow.Fuzz;

/// <summary>A reader did what it must not.</summary>
public sealed class FuzzException : Exception
{
    /// <summary>Creates the error with its message.</summary>
    public FuzzException(string message) : base(message) { }

    /// <summary>Creates the error with its message and what came out.</summary>
    public FuzzException(string message, Exception innerException) : base(message, innerException) { }

    /// <summary>Creates the error without a message.</summary>
    public FuzzException() { }
}

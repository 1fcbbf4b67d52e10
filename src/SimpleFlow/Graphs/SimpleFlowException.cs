namespace SimpleFlow;

/// <summary>The base of every error this library raises on purpose. The message says what is wrong, where, and what to do.</summary>
public class SimpleFlowException : Exception
{
    /// <summary>Creates the error with its message.</summary>
    public SimpleFlowException(string message) : base(message) { }

    /// <summary>Creates the error with its message and the error that led to it.</summary>
    public SimpleFlowException(string message, Exception? innerException) : base(message, innerException) { }

    /// <summary>Creates the error without a message.</summary>
    public SimpleFlowException() { }
}

namespace SimpleFlow;

/// <summary>The data is bad: a file is not what it should be, or elements cannot be converted as requested. The message names the file and
/// the place, what was expected and what was found.</summary>
public sealed class DataException : SimpleFlowException
{
    /// <summary>Creates the error with its message.</summary>
    public DataException(string message) : base(message) { }

    /// <summary>Creates the error with its message and the error that led to it.</summary>
    public DataException(string message, Exception innerException) : base(message, innerException) { }

    /// <summary>Creates the error without a message.</summary>
    public DataException() { }

    /// <summary>The row of the dataset, or of the feed, that contains an index out of range, counted from 0; null for other
    /// errors.</summary>
    public int? Row { get; internal init; }
}

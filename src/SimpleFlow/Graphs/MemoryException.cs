namespace SimpleFlow;

/// <summary>More memory is asked for than there is. Nothing has been taken: the message says how much for
/// what, how much there is, and what to do.</summary>
public sealed class MemoryException : SimpleFlowException
{
    internal MemoryException(string message, long needed, long available) : base(message) => (Needed, Available) = (needed, available);

    /// <summary>The bytes that were asked for.</summary>
    public long Needed { get; }

    /// <summary>The bytes that could be had.</summary>
    public long Available { get; }
}

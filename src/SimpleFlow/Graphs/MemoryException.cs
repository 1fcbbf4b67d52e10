namespace SimpleFlow;

/// <summary>A request needs more memory than is free. Nothing has been allocated: the message says how much is needed for what, how much is
/// free, and what to do.</summary>
public sealed class MemoryException : SimpleFlowException
{
    internal MemoryException(string message, long needed, long available) : base(message) => (Needed, Available) = (needed, available);

    /// <summary>The bytes that were requested.</summary>
    public long Needed { get; }

    /// <summary>The bytes that were free.</summary>
    public long Available { get; }
}

namespace SimpleFlow;

/// <summary>The ranks of a cluster cannot work together any longer: one has failed or does not answer, or they have drifted apart. All
/// ranks that are still there get it; the cluster cannot be used afterwards.</summary>
public sealed class ClusterException : SimpleFlowException
{
    /// <summary>An exception with a message for people.</summary>
    public ClusterException(string message) : base(message) { }

    /// <summary>Whether this rank has only heard of it from another one, which has the error itself.</summary>
    public bool IsOfAnotherRank { get; internal init; }

    /// <summary>An exception with its cause.</summary>
    public ClusterException(string message, Exception innerException) : base(message, innerException) { }
}

namespace SimpleFlow.Cli;

/// <summary>A cancellation with a message: what was done, and how to resume.</summary>
internal sealed class StoppedException(string message, Exception inner) : OperationCanceledException(message, inner);

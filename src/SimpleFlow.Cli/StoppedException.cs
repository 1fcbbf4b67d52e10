namespace SimpleFlow.Cli;

/// <summary>A cancellation after which there is something to tell: where things stand, and how to go on.</summary>
internal sealed class StoppedException(string message, Exception inner) : OperationCanceledException(message, inner);

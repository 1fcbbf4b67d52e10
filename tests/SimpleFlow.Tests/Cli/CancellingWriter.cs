namespace SimpleFlow.Tests.Cli;

/// <summary>Cancels as soon as something is written.</summary>
internal sealed class CancellingWriter(CancellationTokenSource source, string after) : StringWriter
{
    public override void WriteLine(string? value)
    {
        base.WriteLine(value);
        if (value!.Contains(after, StringComparison.Ordinal)) source.Cancel();
    }
}

using System.Runtime.InteropServices;

namespace SimpleFlow.Cli;

/// <summary>Turns Ctrl-C, and a polite request of the system to end, into a cancellation.
/// Asked a second time, the process ends at once.</summary>
internal sealed class Interrupt : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration _interrupt, _terminate;

    public Interrupt()
    {
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Cancel(signal, ExitCodes.Cancelled));
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Cancel(signal, ExitCodes.Terminated));
    }

    public CancellationToken Token => _source.Token;

    /// <summary>The exit code that the signal asks for; null if there was none.</summary>
    public int? ExitCode { get; private set; }

    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
        _source.Dispose();
    }

    private void Cancel(PosixSignalContext signal, int exitCode)
    {
        if (ExitCode is not null) return;
        signal.Cancel = true;
        // mpirun asks all ranks to terminate when it is interrupted itself.
        ExitCode = Mpi.Mpi.IsConnected && Mpi.Mpi.World.Size > 1 ? ExitCodes.Cancelled : exitCode;
        _source.Cancel();
    }
}

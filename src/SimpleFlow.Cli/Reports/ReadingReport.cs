using System.Diagnostics;

namespace SimpleFlow.Cli.Reports;

/// <summary>Reports how far the reading of many files is, from any thread, but not too often. What is read quickly is not
/// reported.</summary>
/// <param name="show">Shows a line.</param>
/// <param name="hide">Removes it, if lines overwrite each other.</param>
/// <param name="interval">Between two lines.</param>
internal sealed class ReadingReport(Action<string> show, Action hide, TimeSpan interval) : IDisposable
{
    private static readonly TimeSpan Quick = TimeSpan.FromSeconds(1);
    private readonly Lock _lock = new();
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private TimeSpan _next = Quick;
    private bool _isShown;

    /// <summary>Reports how many are read.</summary>
    public void Report(int done, int total) => Report(() => $"reading: {done:N0} of {total:N0}");

    /// <summary>Reports how many of something else are done.</summary>
    public void Report(string what, int done, int total) => Report(() => $"{what}: {done:N0} of {total:N0}");

    /// <summary>Reports which part of a file is read, from 0 to 1.</summary>
    public void Report(double part) => Report(() => $"reading: {part:P0}");

    private void Report(Func<string> line)
    {
        if (_clock.Elapsed < _next) return;
        lock (_lock)
        {
            if (_clock.Elapsed < _next) return;
            (_next, _isShown) = (_clock.Elapsed + interval, true);
            show(line());
        }
    }

    public void Dispose()
    {
        if (_isShown) hide();
    }
}

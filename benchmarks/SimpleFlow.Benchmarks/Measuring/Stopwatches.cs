using System.Diagnostics;

namespace SimpleFlow.Benchmarks;

/// <summary>Times contestants in turns, A B A B …, so that a machine that slows down slows down both.</summary>
/// <param name="rounds">How many blocks of each.</param>
/// <param name="blockSeconds">About how long a block takes.</param>
internal sealed class Stopwatches(int rounds, double blockSeconds)
{
    // The worker threads of either side spin for a while after their last work; the next side must not run beside them.
    private static readonly TimeSpan WorkersFallAsleep = TimeSpan.FromMilliseconds(5);

    public int Rounds => rounds;

    /// <summary>Seconds per run: [contestant][round].</summary>
    public double[][] InTurns(params IContestant[] contestants)
    {
        var runs = Array.ConvertAll(contestants, RunsPerBlock);
        var seconds = Array.ConvertAll(contestants, _ => new double[rounds]);
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < contestants.Length; i++) seconds[i][round] = Block(contestants[i], runs[i]);
        }
        return seconds;
    }

    private static double Block(IContestant contestant, int runs)
    {
        contestant.Reset();
        Thread.Sleep(WorkersFallAsleep);
        contestant.Run(Math.Max(1, runs / 10));
        return Seconds(contestant, runs) / runs;
    }

    /// <summary>
    /// Warms up until it gets no faster, and finds how many runs make a block. The runtime
    /// compiles what is hot a second time in the background, which on a busy machine can take a while:
    /// so there are pauses, and as many passes as it takes.
    /// </summary>
    private int RunsPerBlock(IContestant contestant)
    {
        contestant.Reset();
        var fastest = double.PositiveInfinity;
        for (int pass = 0, stood = 0; pass < 20 && stood < 3; pass++)
        {
            var began = Stopwatch.GetTimestamp();
            var runs = 0;
            while (runs++ < 40 && Stopwatch.GetElapsedTime(began).TotalSeconds < 0.3) contestant.Run(1);
            var seconds = Seconds(contestant, (runs + 3) / 4) / ((runs + 3) / 4);
            stood = seconds < 0.9 * fastest ? 0 : stood + 1;
            fastest = Math.Min(fastest, seconds);
            Thread.Sleep(120);
        }
        var block = 1;
        while (true)
        {
            contestant.Reset();
            var seconds = Seconds(contestant, block);
            if (seconds >= blockSeconds / 2) return Math.Max(1, (int)(block * blockSeconds / seconds));
            block *= 2;
        }
    }

    private static double Seconds(IContestant contestant, int runs)
    {
        var began = Stopwatch.GetTimestamp();
        contestant.Run(runs);
        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }
}

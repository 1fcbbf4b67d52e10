using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using SimpleFlow.Kernels;

namespace SimpleFlow.Execution;

/// <summary>
/// The process's worker threads, which help with steps that run in parts. Parts are claimed one by one. The caller begins at once and also
/// takes every part that no worker has begun, so that a worker without a processor costs nothing. Between steps a worker spins for a while,
/// because in training the next step is microseconds away, and then sleeps. The thread pool would cost more per step than a small step
/// takes.
/// </summary>
internal static class Workers
{
    private const int MostParts = 256;
    private static readonly long SpinTicks = Stopwatch.Frequency / 5_000;      // 200 µs
    private static readonly Lock Growing = new();
    private static Worker[] _workers = [];
    private static Kernel? _kernel;
    private static Failure? _failure;
    private static int _taken;
    private static Shared _shared;

    // Of several exceptions, that of the first part is thrown, whichever happened first.
    private sealed record Failure(int Part, Exception Exception);

    // Fields that several threads write get their own cache lines.
    [StructLayout(LayoutKind.Explicit, Size = 512)]
    private struct Shared
    {
        /// <summary>The step's number, its parts, and the next part to claim, in one word, so that no thread claims a part of a step that
        /// is over.</summary>
        [FieldOffset(128)]
        public long Ticket;

        [FieldOffset(256)]
        public int Remaining;
    }

    /// <summary>
    /// Runs all parts of the kernel and returns when the last is done. An exception does not stop the other parts; the caller gets the
    /// exception of the first part that has one, and the workers survive it.
    /// </summary>
    public static void Run(Kernel kernel, int parts)
    {
        // A second model that trains at the same time does not wait for the workers: it computes all its parts on its own thread, with the
        // same bits.
        if (parts > MostParts || OperatingSystem.IsBrowser() || Interlocked.CompareExchange(ref _taken, 1, 0) != 0)
        {
            Failure? first = null;
            for (var part = 0; part < parts; part++) Run(kernel, part, parts, ref first);
            Throw(first);
            return;
        }
        if (_workers.Length < parts - 1) Grow(parts - 1);
        var workers = _workers;
        _kernel = kernel;
        _shared.Remaining = parts;
        long step = unchecked((int)(_shared.Ticket >> 32) + 1);          // it may wrap: it only has to differ from the last
        Interlocked.Exchange(ref _shared.Ticket, (step << 32) | ((long)parts << 16));
        for (var i = 0; i < parts - 1; i++) workers[i].Wake();

        Help(step);
        // The caller must not return while a worker still writes into its memory. A worker that lost its processor gets it back sooner if
        // this thread yields.
        for (var spins = 0; Volatile.Read(ref _shared.Remaining) != 0; spins++)
        {
            if (spins < 2_000) Thread.SpinWait(4);
            else Thread.Yield();
        }
        var failure = _failure;
        (_kernel, _failure) = (null, null);
        Volatile.Write(ref _taken, 0);
        Throw(failure);
    }

    private static void Run(Kernel kernel, int part, int parts, ref Failure? failure)
    {
        try
        {
            kernel.Run(part, parts);
        }
        catch (Exception exception)
        {
            var own = new Failure(part, exception);
            for (var known = Volatile.Read(ref failure); known is null || known.Part > part;)
            {
                var before = known;
                known = Interlocked.CompareExchange(ref failure, own, before);
                if (ReferenceEquals(known, before)) return;
            }
        }
    }

    private static void Throw(Failure? failure)
    {
        if (failure is not null) ExceptionDispatchInfo.Throw(failure.Exception);
    }

    /// <summary>Computes parts of the step until none is left.</summary>
    private static void Help(long step)
    {
        while (true)
        {
            var ticket = Volatile.Read(ref _shared.Ticket);
            var (parts, next) = ((int)(ticket >> 16 & 0xFFFF), (int)(ticket & 0xFFFF));
            if (ticket >> 32 != step || next >= parts) return;
            if (Interlocked.CompareExchange(ref _shared.Ticket, ticket + 1, ticket) != ticket) continue;
            // The step cannot end before this part is done, so the kernel is still the one that the ticket was for.
            Run(_kernel!, next, parts, ref _failure);
            Interlocked.Decrement(ref _shared.Remaining);
        }
    }

    private static void Grow(int count)
    {
        lock (Growing)
        {
            // If there are fewer processors than threads, a spinning worker would take the processor from one that works.
            var spins = count < Environment.ProcessorCount;
            _workers = [.. _workers, .. Enumerable.Range(_workers.Length, count - _workers.Length).Select(i => new Worker(i + 1, spins))];
        }
    }

    private sealed class Worker
    {
        private readonly SemaphoreSlim _wake = new(0);
        private readonly bool _spins;
        private Flag _asleep;

        [StructLayout(LayoutKind.Explicit, Size = 256)]
        private struct Flag
        {
            [FieldOffset(128)]
            public int Value;
        }

        public Worker(int number, bool spins)
        {
            _spins = spins;
            new Thread(Work) { IsBackground = true, Name = $"SimpleFlow worker {number}" }.Start();
        }

        public void Wake()
        {
            if (Interlocked.Exchange(ref _asleep.Value, 0) == 1) _wake.Release();
        }

        private void Work()
        {
            var seen = 0L;
            while (true)
            {
                seen = Next(seen);
                Help(seen);
            }
        }

        /// <summary>Waits for a step after the one with this number, and returns its number.</summary>
        private long Next(long seen)
        {
            while (true)
            {
                var start = Stopwatch.GetTimestamp();
                do
                {
                    for (var i = 0; i < 64; i++)
                    {
                        var step = Volatile.Read(ref _shared.Ticket) >> 32;
                        if (step != seen) return step;
                        if (!_spins) break;
                        Thread.SpinWait(4);
                    }
                }
                while (_spins && Stopwatch.GetTimestamp() - start < SpinTicks);

                // Set "asleep" first, then check again: a thread that publishes a step in between sees one of the two.
                Interlocked.Exchange(ref _asleep.Value, 1);
                if (Volatile.Read(ref _shared.Ticket) >> 32 != seen && Interlocked.Exchange(ref _asleep.Value, 0) == 1) continue;
                _wake.Wait();
            }
        }
    }
}

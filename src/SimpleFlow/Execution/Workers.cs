using System.Diagnostics;
using SimpleFlow.Kernels;

namespace SimpleFlow.Execution;

/// <summary>
/// The process's worker threads: one for each part of a step beyond the first, which the caller computes itself. A worker waits for its next step by spinning for a while,
/// because in training the next step is microseconds away, and then by sleeping. The thread pool would cost more per step than a small step takes.
/// </summary>
internal static class Workers
{
    private const int MostWorkers = 255;
    private static readonly Lock Growing = new();
    private static Worker[] _workers = [];
    private static int _taken;

    /// <summary>Runs all parts of the kernel and returns when the last is done. An exception in any part reaches the caller, and the workers survive it.</summary>
    public static void Run(Kernel kernel, int parts)
    {
        // A second model that trains at the same time does not wait for the workers: it computes its parts itself, with the same bits.
        if (OperatingSystem.IsBrowser() || Interlocked.CompareExchange(ref _taken, 1, 0) != 0)
        {
            for (var part = 0; part < parts; part++) kernel.Run(part, parts);
            return;
        }
        try
        {
            var helpers = Math.Min(parts - 1, MostWorkers);
            if (_workers.Length < helpers) Grow(helpers);
            var workers = _workers;
            for (var i = 0; i < helpers; i++) workers[i].Start(kernel, i + 1, helpers + 1, parts);
            Exception? failure = null;
            try
            {
                for (var part = 0; part < parts; part += helpers + 1) kernel.Run(part, parts);
            }
            catch (Exception exception)
            {
                failure = exception;
            }
            // Nobody may leave while a worker still writes into the caller's memory.
            for (var i = 0; i < helpers; i++) failure = workers[i].Finish() ?? failure;
            if (failure is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        }
        finally
        {
            Volatile.Write(ref _taken, 0);
        }
    }

    private static void Grow(int count)
    {
        lock (Growing)
        {
            // With fewer processors than threads, a spinning worker would take the processor that the working one needs.
            var spins = count < Environment.ProcessorCount;
            _workers = [.. _workers, .. Enumerable.Range(_workers.Length, count - _workers.Length).Select(i => new Worker(i + 1, spins))];
        }
    }

    private sealed class Worker
    {
        private static readonly long SpinTicks = Stopwatch.Frequency / 5_000;      // 200 µs

        private readonly SemaphoreSlim _wake = new(0);
        private readonly bool _spins;
        private Kernel? _kernel;
        private int _first, _stride, _parts;
        private Exception? _failure;
        private Padded _asked, _done, _asleep;

        // A flag that two threads write at the same time gets cache lines of its own.
        [System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Explicit, Size = 256)]
        private struct Padded
        {
            [System.Runtime.InteropServices.FieldOffset(128)]
            public int Value;
        }

        public Worker(int number, bool spins)
        {
            _spins = spins;
            new Thread(Work) { IsBackground = true, Name = $"SimpleFlow worker {number}" }.Start();
        }

        public void Start(Kernel kernel, int first, int stride, int parts)
        {
            (_kernel, _first, _stride, _parts) = (kernel, first, stride, parts);
            Interlocked.Increment(ref _asked.Value);
            if (Interlocked.Exchange(ref _asleep.Value, 0) == 1) _wake.Release();
        }

        public Exception? Finish()
        {
            // A worker that has a processor is done in a moment. One that has lost it to another process gets it back sooner if this thread steps aside.
            for (var spins = 0; Volatile.Read(ref _done.Value) != _asked.Value; spins++)
            {
                if (_spins && spins < 2_000) Thread.SpinWait(4);
                else Thread.Yield();
            }
            var failure = _failure;
            _failure = null;
            _kernel = null;
            return failure;
        }

        private void Work()
        {
            var seen = 0;
            while (true)
            {
                Await(seen);
                seen++;
                try
                {
                    for (var part = _first; part < _parts; part += _stride) _kernel!.Run(part, _parts);
                }
                catch (Exception exception)
                {
                    _failure = exception;
                }
                Volatile.Write(ref _done.Value, seen);
            }
        }

        private void Await(int seen)
        {
            if (_spins)
            {
                var start = Stopwatch.GetTimestamp();
                do
                {
                    for (var i = 0; i < 64; i++)
                    {
                        if (Volatile.Read(ref _asked.Value) != seen) return;
                        Thread.SpinWait(4);
                    }
                }
                while (Stopwatch.GetTimestamp() - start < SpinTicks);
            }
            // First say "asleep", then look again: whoever asks in between sees one of the two.
            Interlocked.Exchange(ref _asleep.Value, 1);
            if (Volatile.Read(ref _asked.Value) != seen && Interlocked.Exchange(ref _asleep.Value, 0) == 1) return;
            _wake.Wait();
        }
    }
}

using System.Runtime.CompilerServices;
using SimpleFlow.Kernels;

namespace SimpleFlow.Tests.Execution;

/// <summary>The memory of variables: made once, whoever asks first, and there as long as anybody looks at it.</summary>
[Trait("Promise", "15")]
public class VariableMemoryTests
{
    [Fact]
    public async Task Threads_that_ask_at_the_same_time_get_the_same_elements()
    {
        const int threads = 4;
        using var together = new Barrier(threads);
        for (var round = 0; round < 100; round++)
        {
            var variable = new Variable("w", [40, 50]);
            var memories = new AlignedMemory[threads];
            await Task.WhenAll(Enumerable.Range(0, threads).Select(thread => Task.Factory.StartNew(
                () =>
                {
                    together.SignalAndWait();
                    memories[thread] = thread == 0 ? variable.Memory : variable.Initialize((ulong)thread, stream: 1);
                },
                CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
            Assert.All(memories, memory => Assert.Same(memories[0], memory));
        }
    }

    [Fact]
    public void A_span_keeps_the_memory_alive()
    {
        var span = Filled(out var owner);
        for (var i = 0; i < 4; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            new AlignedMemory(span.Length).Span.Fill(-1);
        }
        Assert.False(owner.IsAlive);
        Assert.Equal(-1, span.IndexOfAnyExcept(7f));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Span<float> Filled(out WeakReference owner)
    {
        var memory = new AlignedMemory(100_000);
        owner = new WeakReference(memory);
        memory.Span.Fill(7);
        return memory.Span;
    }
}

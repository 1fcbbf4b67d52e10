using SimpleFlow.Execution;
using SimpleFlow.Kernels;

namespace SimpleFlow.Tests.Execution;

[Trait("Promise", "15")]
public class WorkersTests
{
    [Theory, InlineData(2), InlineData(3), InlineData(8), InlineData(300)]
    public void Every_part_runs_once(int parts)
    {
        var kernel = new Counting(parts, failing: []);
        for (var run = 1; run <= 20; run++)
        {
            Workers.Run(kernel, parts);
            Assert.All(kernel.Runs, runs => Assert.Equal(run, runs));
        }
    }

    /// <summary>In parallel, and one after the other where there are too many parts to share:
    /// the other parts run all the same, and the first part that failed is heard.</summary>
    [Theory, InlineData(4), InlineData(300)]
    public void An_exception_keeps_no_other_part_from_running(int parts)
    {
        for (var failing = 0; failing < 4; failing++)
        {
            var kernel = new Counting(parts, failing, parts - 1);
            Assert.Equal($"part {failing}", Assert.Throws<InvalidOperationException>(() => Workers.Run(kernel, parts)).Message);
            for (var part = 0; part < parts; part++) Assert.Equal(part == failing || part == parts - 1 ? 0 : 1, kernel.Runs[part]);
        }
    }

    [Fact]
    public void An_exception_in_any_part_reaches_the_caller_and_the_workers_survive()
    {
        const int parts = 4;
        for (var failing = 0; failing < parts; failing++)
        {
            var error = Assert.Throws<InvalidOperationException>(() => Workers.Run(new Counting(parts, failing), parts));
            Assert.Equal($"part {failing}", error.Message);

            var next = new Counting(parts, failing: []);
            Workers.Run(next, parts);
            Assert.All(next.Runs, runs => Assert.Equal(1, runs));
        }
    }

    [Fact]
    public async Task Callers_on_several_threads_do_not_disturb_each_other()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            var kernel = new Counting(3, failing: []);
            for (var run = 0; run < 200; run++) Workers.Run(kernel, 3);
            Assert.All(kernel.Runs, runs => Assert.Equal(200, runs));
        })));
    }

    private sealed class Counting(int parts, params int[] failing) : Kernel
    {
        public int[] Runs { get; } = new int[parts];

        public override void Run(int part, int parts)
        {
            if (failing.Contains(part)) throw new InvalidOperationException($"part {part}");
            Runs[part]++;
        }
    }
}

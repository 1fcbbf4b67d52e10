using BenchmarkDotNet.Running;

namespace SimpleFlow.Benchmarks;

/// <summary>The program, with or without a peer.</summary>
internal static class Runner
{
    public static int Run(string[] args, IPeer? peer)
    {
        if (CompilingRow.RunChild(args)) return 0;
        if (args is ["kernels", ..])
        {
            BenchmarkSwitcher.FromAssembly(typeof(Runner).Assembly).Run(args[1..]);
            return 0;
        }
        try
        {
            var bench = new Bench(Options.Parse(args), peer);
            switch (bench.Options.Verb)
            {
                case "table": Table.Run(bench); break;
                case "curves": Scaling.Run(bench); break;
                case "growth": Scaling.RunGrowth(bench); break;
                case "profile": Profile.Run(bench); break;
                case "tables": TableReaders.Run(); break;
                case "ranks" when !RankJob.IsRank: return RankJob.Start(args);
                case "rank-costs" when !RankJob.IsRank: return RankJob.Start(args);
                case "rank-costs": CostModel.Run(bench, Mpi.Mpi.World); break;
                case "ranks": RanksAndThreads.Run(bench, Mpi.Mpi.World); break;
                default: throw new UsageException(Options.Usage);
            }
            return 0;
        }
        catch (UsageException problem)
        {
            Console.Error.WriteLine(problem.Message);
            return 2;
        }
    }
}

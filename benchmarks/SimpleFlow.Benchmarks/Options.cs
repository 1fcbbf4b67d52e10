namespace SimpleFlow.Benchmarks;

/// <summary>What the command line asks for.</summary>
internal sealed record Options
{
    public const string Usage = """
        table      the table of ratios (the default)
        curves     how the time of a step grows with batch, width, depth, nodes and threads;
                   and how work grows that tempts into looking at everything from everywhere, with its exponents
        growth     the second of these alone
        profile    where the time of a training step goes, kernel by kernel
        tables     reading a large table, beside Sep and Sylvan.Data.Csv
        ranks      ranks with one thread each, beside one process with as many threads; it needs mpirun
        rank-costs what messages and steps cost on these ranks, and what they would with up to 1,024; it needs mpirun
        kernels    BenchmarkDotNet; what follows goes to it, such as --filter '*Product*'

        --rows 1,3-6     only these rows of the table
        --threads 1,2    the numbers of threads for the training steps; 1 and all processors where nothing is said
        --rounds 15      how often the two sides take turns
        --quick          few and short rounds: to see that everything works
        --into FILE      also write the results into FILE, between its lines <!-- table --> and <!-- end of table -->
                         (curves, profile likewise)
        --pictures DIR   where curves draws its pictures
        """;

    public string Verb { get; init; } = "table";

    public HashSet<int> Rows { get; init; } = [.. Enumerable.Range(1, 15)];

    public int[] Threads { get; init; } = [.. new[] { 1, Environment.ProcessorCount }.Distinct()];

    public int Rounds { get; init; } = 15;

    public bool Quick { get; init; }

    public string? Into { get; init; }

    public string Pictures { get; init; } = "out/pictures";

    public string CommandLine { get; init; } = "";

    public Stopwatches Stopwatches => Quick ? new(Math.Min(Rounds, 5), 0.02) : new(Rounds, 0.06);

    public static Options Parse(string[] args)
    {
        var options = new Options { CommandLine = string.Join(' ', args) };
        for (var i = 0; i < args.Length; i++)
        {
            var argument = args[i];
            options = argument switch
            {
                "--rows" => options with { Rows = [.. Numbers(Value())] },
                "--threads" => options with { Threads = [.. Numbers(Value())] },
                "--rounds" => options with { Rounds = int.Parse(Value()) },
                "--quick" => options with { Quick = true },
                "--into" => options with { Into = Value() },
                "--pictures" => options with { Pictures = Value() },
                _ when i == 0 && !argument.StartsWith('-') => options with { Verb = argument },
                _ => throw new UsageException($"`{argument}` is not an option.\n\n{Usage}"),
            };

            string Value() => ++i < args.Length ? args[i] : throw new UsageException($"{argument} needs a value.\n\n{Usage}");
        }
        return options;
    }

    private static IEnumerable<int> Numbers(string list)
    {
        foreach (var part in list.Split(','))
        {
            var ends = part.Split('-').Select(int.Parse).ToArray();
            for (var i = ends[0]; i <= ends[^1]; i++) yield return i;
        }
    }
}

/// <summary>The command line cannot be understood.</summary>
internal sealed class UsageException(string message) : Exception(message);

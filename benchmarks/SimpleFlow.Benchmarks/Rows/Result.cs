namespace SimpleFlow.Benchmarks;

/// <summary>One line of the table.</summary>
/// <param name="Row">The number of the row in the list of what is asked.</param>
/// <param name="Work">What is done.</param>
internal sealed record Result(string Row, string Work)
{
    public int? Threads { get; init; }

    public string Ours { get; init; } = "";

    public string Peer { get; init; } = "";

    /// <summary>The number that is judged, and how it is written; without one there is no verdict.</summary>
    public Sample? Figure { get; init; }

    public Func<double, string> Written { get; init; } = value => value >= 10 ? $"{value:0.0}" : $"{value:0.00}";

    public double? Must { get; init; }

    public double? Goal { get; init; }

    public bool MoreIsBetter { get; init; } = true;

    public string? Remark { get; init; }

    public string Verdict => Remark is not null && Figure is null ? Remark
        : Figure is null ? "no peer here"
        : Must is null ? ""
        : Reaches(Goal) ? "goal"
        : Reaches(Must) ? "must"
        : "**misses**";

    private bool Reaches(double? limit) => limit is { } bound && (MoreIsBetter ? Figure!.Median >= bound : Figure!.Median <= bound);
}

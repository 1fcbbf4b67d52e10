using SimpleFlow.Adversary;

namespace SimpleFlow.Tests.Compilation;

/// <summary>Random programs by a generator that uses public members only and was written without
/// a look at <see cref="RandomGraph"/>.</summary>
[Trait("Promise", "3")]
public class AdversaryTests(ITestOutputHelper output)
{
    [Fact]
    public void Random_programs_of_another_making_mean_what_the_plain_reading_says() => Run(graphs: 400, seed: 1);

    // Also at the other vector widths: DOTNET_EnableAVX512=0, DOTNET_EnableAVX2=0, DOTNET_EnableHWIntrinsic=0.
    [Fact(Explicit = true)]
    public void Ten_thousand_random_programs_mean_what_the_plain_reading_says() => Run(graphs: 10_000, seed: 2);

    private void Run(int graphs, int seed)
    {
        var report = new StringWriter();
        var campaign = new Campaign(seed, report);
        campaign.Run(graphs);
        campaign.Report();
        output.WriteLine(report.ToString());
        Assert.True(campaign.Findings == 0, report.ToString());
        Assert.True(campaign.Judged > graphs * 0.9, report.ToString());
        Assert.Empty(Campaign.Moves.Except(campaign.Drawn.Keys));
    }
}

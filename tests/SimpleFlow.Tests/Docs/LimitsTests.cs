using System.Text.RegularExpressions;

namespace SimpleFlow.Tests.Docs;

/// <summary>The numbers of docs/limits.md are those of the code: a link to a constant, <c>[1,024](….cs#L19 "LongestTile = 1024")</c>, shows
/// its value. That the line says so is what LinkTests look at.</summary>
public sealed partial class LimitsTests
{
    [Fact]
    public void Every_limit_that_is_a_constant_is_shown_as_it_is()
    {
        var constants = Pages.Lines("docs/limits.md").SelectMany(line => Constant().Matches(line)).ToList();
        Assert.NotEmpty(constants);
        Assert.All(constants, link => Assert.Equal(Plain(link.Groups["value"].Value), Plain(link.Groups["shown"].Value)));
    }

    private static string Plain(string number) =>
        number.Trim('`').Replace(",", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal);

    [GeneratedRegex("""\[(?<shown>[^\]]*)\]\(\S+\.cs#L\d+ "\w+ = (?<value>[^",]*)"\)""")]
    private static partial Regex Constant();
}

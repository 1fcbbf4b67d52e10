using System.Diagnostics;
using System.Text.RegularExpressions;
using SimpleFlow.Tests.Docs;

namespace SimpleFlow.Tests.Cli;

/// <summary>The function for Bash on the page about Tab, as a shell calls it.</summary>
public sealed partial class CompletionTests
{
    [Theory]
    [InlineData("simpleflow tra", "train")]
    [InlineData("simpleflow train mnist --rec", "--recipe")]
    [InlineData("simpleflow train mnist --recipe ", "cnn mlp seed")]
    [InlineData("simpleflow train mnist --recipe m", "mlp")]
    [InlineData("simpleflow explain pa", "parabola")]
    [InlineData("simpleflow inspect irises --co", "--code")]
    [InlineData("simpleflow train data/ir", "")]
    public void Tab_offers_what_may_come_next(string typed, string offered)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/bin/bash"), "Needs Bash.");
        var function = Block().Match(File.ReadAllText(Path.Combine(Pages.Repository, "docs", "completion.md"))).Groups["script"].Value;
        Assert.Contains("complete -o default -F _simpleflow simpleflow", function, StringComparison.Ordinal);
        var script = $$"""
            simpleflow() { dotnet '{{Path.Combine(AppContext.BaseDirectory, "SimpleFlow.Cli.dll")}}' "$@"; }
            {{function}}
            COMP_LINE='{{typed}}'; COMP_POINT=${#COMP_LINE}
            read -ra COMP_WORDS <<< "$COMP_LINE"
            [[ $COMP_LINE == *' ' ]] && COMP_WORDS+=('')
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _simpleflow
            echo "${COMPREPLY[*]}"
            """;
        using var shell = Process.Start(new ProcessStartInfo("/bin/bash", ["-c", script])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false
        })!;
        Assert.Equal(offered, shell.StandardOutput.ReadToEnd().Trim());
        shell.WaitForExit();
    }

    [GeneratedRegex("<!-- completion: bash -->\\n```bash\\n(?<script>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}

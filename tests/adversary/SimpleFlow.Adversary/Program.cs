using System.Globalization;
using SimpleFlow.Adversary;

// dotnet run -c Release --project tests/adversary/SimpleFlow.Adversary -- [--graphs 10000] [--seed 1] [--only 4711]
var graphs = Option("--graphs", 1000);
var seed = Option("--seed", 1);
var only = Option("--only", -1);

var campaign = new Campaign(seed, Console.Out);
if (only >= 0) campaign.Try(only, show: true);
else campaign.Run(graphs);
campaign.Report();
return campaign.Findings == 0 ? 0 : 1;

int Option(string name, int otherwise)
{
    var at = Array.IndexOf(args, name);
    return at >= 0 && at + 1 < args.Length ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;
}

using System.Reflection;
using System.Text.RegularExpressions;

namespace SimpleFlow.Tests.Docs;

/// <summary>
/// docs/reliability.md: every promise has its row and its section, the tests that a row names are there, and they are marked with the
/// promise they show, <c>[Trait("Promise", "7")]</c>.
/// </summary>
public sealed partial class ReliabilityTests
{
    [Fact]
    public void Every_promise_has_a_row_and_a_section()
    {
        int[] promises = [.. Rows().Select(row => row.Promise)];
        Assert.Superset(Enumerable.Range(1, 22).ToHashSet(), promises.ToHashSet());
        Assert.Equal(promises.Distinct().Order(), promises);
        Assert.Equal(promises, Pages.Lines("docs/reliability.md").Select(line => Section().Match(line)).Where(match => match.Success)
            .Select(match => int.Parse(match.Groups["promise"].Value)));
    }

    [Fact]
    public void The_tests_that_a_row_names_show_its_promise()
    {
        foreach (var (promise, names) in Rows())
        {
            Assert.NotEmpty(names);
            Assert.All(names, name =>
            {
                var type = Assert.Single(typeof(ReliabilityTests).Assembly.GetTypes(), type => type.Name == name);
                Assert.True(TestsOf(type).Any(test => Shows(test).Contains(promise)),
                    $"{name} stands in the row of promise {promise}: mark it, or some of its tests, with [Trait(\"Promise\", "
                        + $"\"{promise}\")].");
            });
        }
    }

    [Fact]
    public void What_is_marked_is_named_in_the_row()
    {
        var rows = Rows().ToDictionary(row => row.Promise, row => row.Names);
        foreach (var test in typeof(ReliabilityTests).Assembly.GetTypes().SelectMany(TestsOf))
        {
            foreach (var promise in Shows(test))
                Assert.True(rows.TryGetValue(promise, out var names) && names.Contains(test.DeclaringType!.Name),
                    $"{test.DeclaringType!.Name} shows promise {promise}: name it in the row of docs/reliability.md.");
        }
    }

    private static List<(int Promise, string[] Names)> Rows() =>
        [.. Pages.Lines("docs/reliability.md").Select(line => Row().Match(line)).Where(match => match.Success)
            .Select(match => (int.Parse(match.Groups["promise"].Value),
                TestClass().Matches(match.Groups["tests"].Value).Select(link => link.Groups["name"].Value).ToArray()))];

    private static IEnumerable<MethodInfo> TestsOf(Type type) =>
        type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(method => method.IsDefined(typeof(FactAttribute), inherit: true));

    private static IEnumerable<int> Shows(MethodInfo test) => test.CustomAttributes.Concat(test.DeclaringType!.CustomAttributes)
        .Where(attribute => attribute.AttributeType == typeof(TraitAttribute) && attribute.ConstructorArguments[0].Value is "Promise")
        .Select(attribute => int.Parse((string)attribute.ConstructorArguments[1].Value!));

    [GeneratedRegex(@"^\| (?<promise>\d+) \| \[[^|]*\| (?<tests>[^|]*) \|$")]
    private static partial Regex Row();

    [GeneratedRegex(@"\[(?<name>\w+)\]\(\.\./tests/SimpleFlow\.Tests/\S+/\k<name>\.cs\)")]
    private static partial Regex TestClass();

    [GeneratedRegex(@"^## (?<promise>\d+)\. ")]
    private static partial Regex Section();
}

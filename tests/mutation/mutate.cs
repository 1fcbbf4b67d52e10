#:package Microsoft.CodeAnalysis.CSharp
#:property NoWarn=$(NoWarn);MA0047

// Changes one gradient rule of the library at a time and counts how often the tests notice. README.md in this folder says more.
// Run it from the root of the repository:   dotnet run tests/mutation/mutate.cs
//   --list        prints the mutants and runs nothing
//   --rule NAME   only the rules of ops whose name holds NAME
//   --more        other mistakes too: a factor left out, a plus for a minus, operands exchanged

using System.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

// What can notice a wrong rule, fastest first: differences of every op, first and second; the sweep; the gradients at special points.
string[] tests =
    [
    "SimpleFlow.Tests.Ops.OpCatalogueTests.Its_gradient_is_its_derivative",
    "SimpleFlow.Tests.Ops.OpCatalogueTests.The_gradient_of_its_gradient_is_its_second_derivative",
    "SimpleFlow.Tests.Autodiff.GradientsTests.*",
    "SimpleFlow.Tests.Ops.SpecialPointTests.*",
];

var named = Array.IndexOf(args, "--rule") is var at && at >= 0 && at + 1 < args.Length ? args[at + 1] : "";
if (!Directory.Exists("src/SimpleFlow/Ops")) return Fail("Run this from the root of the repository.");

// All mutants stand in one library, each behind a question: so it is built once, and an environment variable chooses.
var mutants = new List<Mutant>();
var mutated = new Dictionary<string, string>(StringComparer.Ordinal);
foreach (var file in Directory.EnumerateFiles("src/SimpleFlow/Ops", "*.cs").Order(StringComparer.Ordinal))
{
    var root = CSharpSyntaxTree.ParseText(File.ReadAllText(file)).GetRoot();
    var rules = root.DescendantNodes().OfType<MethodDeclarationSyntax>()
        .Where(method => method.Identifier.Text == "Gradient" && method.Modifiers.Any(SyntaxKind.OverrideKeyword)).ToList();
    var before = mutants.Count;
    var changed = root.ReplaceNodes(rules, (rule, _) => new RuleMutator(mutants, file, rule, args.Contains("--more"), named).Mutated);
    if (mutants.Count > before) mutated[file] = changed.ToFullString();
}
if (mutants.Count == 0) return Fail($"No gradient rule belongs to an op like `{named}`.");
if (args.Contains("--list"))
{
    foreach (var mutant in mutants) Console.WriteLine(mutant);
    return 0;
}

// Removed when the program ends, be it by Ctrl+C.
var folder = Directory.CreateTempSubdirectory("simpleflow-mutation-").FullName;
AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
if (!Build(folder, mutated)) return Fail("The mutated library does not build.");
if (RunTests(folder, 0) is not Verdict.Passed) return Fail("The tests fail with every rule as it is: put that right first.");
var clock = Stopwatch.StartNew();
var survivors = new List<Mutant>();
foreach (var mutant in mutants)
{
    var verdict = RunTests(folder, mutant.Number);
    if (verdict is not Verdict.Failed) survivors.Add(mutant);
    Console.WriteLine($"{verdict switch { Verdict.Passed => "SURVIVED", Verdict.Failed => "killed", _ => "UNDECIDED" },-9} {mutant}");
}
var killed = mutants.Count - survivors.Count;
Console.WriteLine(
    $"{killed} of {mutants.Count} mutants killed, {100.0 * killed / mutants.Count:F1} %, in {clock.Elapsed.TotalSeconds:F0} s.");
foreach (var survivor in survivors) Console.WriteLine($"survived: {survivor}");
return killed >= 0.95 * mutants.Count ? 0 : 1;

static int Fail(string why)
{
    Console.Error.WriteLine(why);
    return 2;
}

// Builds the tests as they are, and beside their program a library whose rules can be switched. The sources stay as they are.
static bool Build(string folder, Dictionary<string, string> mutated)
{
    if (Run(TimeSpan.FromMinutes(10), 0, "build", "tests/SimpleFlow.Tests", "-c", "Release", "-v", "quiet",
        "-nologo") is not Verdict.Passed)
        return false;
    var (library, program) = (Path.Combine(folder, "src", "SimpleFlow"), Path.Combine(folder, "tests"));
    Copy("src/SimpleFlow", library);
    Copy("tests/SimpleFlow.Tests/bin/Release/net10.0", program);
    foreach (var shared in Directory.EnumerateFiles(".", "Directory.*.props").Append(".editorconfig").Append("global.json"))
        File.Copy(shared, Path.Combine(folder, Path.GetFileName(shared)));
    foreach (var (file, text) in mutated) File.WriteAllText(Path.Combine(folder, file), text);
    File.WriteAllText(Path.Combine(library, "Mutant.cs"), """
        namespace SimpleFlow;

        internal static class Mutant
        {
            private static readonly string Chosen = Environment.GetEnvironmentVariable("SIMPLEFLOW_MUTANT") ?? "";

            public static bool Is(string number) => Chosen == number;
        }
        """);
    if (Run(TimeSpan.FromMinutes(10), 0, "build", library, "-c", "Release", "-v", "quiet", "-nologo", "-p:TreatWarningsAsErrors=false",
        "-p:RunAnalyzers=false", "-clp:ErrorsOnly") is not Verdict.Passed)
        return false;
    File.Copy(Path.Combine(library, "bin", "Release", "net10.0", "SimpleFlow.dll"), Path.Combine(program, "SimpleFlow.dll"),
        overwrite: true);
    return true;
}

static void Copy(string from, string to)
{
    foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
    {
        var relative = Path.GetRelativePath(from, file);
        if (relative.StartsWith("bin" + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            || relative.StartsWith("obj" + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            continue;
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(to, relative))!);
        File.Copy(file, Path.Combine(to, relative));
    }
}

// One process for each mutant.
Verdict RunTests(string folder, int number) => Run(
    TimeSpan.FromMinutes(10), number, [Path.Combine(folder, "tests", "SimpleFlow.Tests.dll"), "-noColor", "-stopOnFail", "-parallel",
        "none", .. tests.SelectMany(test => new[] { "-method", test })]);

static Verdict Run(TimeSpan patience, int mutant, params string[] arguments)
{
    var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
        arguments) { UseShellExecute = false, RedirectStandardOutput = true };
    start.Environment["SIMPLEFLOW_MUTANT"] = mutant.ToString();
    using var process = Process.Start(start)!;
    var output = process.StandardOutput.ReadToEndAsync();
    if (!process.WaitForExit(patience))
    {
        process.Kill(entireProcessTree: true);
        return Verdict.None;
    }
    if (mutant == 0 && process.ExitCode != 0) Console.Error.WriteLine(output.Result);
    if (process.ExitCode == 0 && output.Result.Contains("Total: 0", StringComparison.Ordinal))
        throw new InvalidOperationException("No test ran: its name has changed.");
    return process.ExitCode == 0 ? Verdict.Passed : output.Result.Contains("[FAIL]", StringComparison.Ordinal) ? Verdict.Failed
        : Verdict.None;
}

internal enum Verdict
{
    Passed,

    /// <summary>A test failed.</summary>
    Failed,

    /// <summary>It took too long, or broke off before a test had failed. That shows nothing, and counts as if it had passed.</summary>
    None,
}

/// <summary>One mistake in one rule.</summary>
internal sealed record Mutant(int Number, string Op, string Place, string Rule, string Mistake)
{
    public override string ToString() =>
        $"{Number,4}  {Place,-27} {Op}: {Mistake}{(Mistake == $"-({Rule})" ? "" : $"  instead of  {Rule}")}";
}

/// <summary>
/// Puts a question before each way a rule can end: every return, every arm of a switch, both sides of a condition.
/// `a * b` becomes `(Mutant.Is("7") ? -(a * b) : a * b)`. A rule that ends in null has no sign to flip.
/// </summary>
internal sealed class RuleMutator(List<Mutant> mutants, string file, MethodDeclarationSyntax rule, bool more, string named)
{
    private readonly string _op = string.Join('.',
        rule.Ancestors().OfType<TypeDeclarationSyntax>().Reverse().Select(type => type.Identifier.Text));

    public MethodDeclarationSyntax Mutated => _op.Contains(named, StringComparison.OrdinalIgnoreCase)
        ? rule.ReplaceNodes(Ends().Distinct().ToList(), (end, _) => Questioned(end)) : rule;

    private IEnumerable<ExpressionSyntax> Ends()
    {
        if (rule.ExpressionBody is { } body) return EndsOf(body.Expression);
        return rule.Body!.DescendantNodes(node => node is not (LocalFunctionStatementSyntax or LambdaExpressionSyntax))
            .OfType<ReturnStatementSyntax>().SelectMany(statement => EndsOf(statement.Expression!));
    }

    private static IEnumerable<ExpressionSyntax> EndsOf(ExpressionSyntax expression) => expression switch
    {
        SwitchExpressionSyntax choice => choice.Arms.SelectMany(arm => EndsOf(arm.Expression)),
        ConditionalExpressionSyntax choice => EndsOf(choice.WhenTrue).Concat(EndsOf(choice.WhenFalse)),
        ParenthesizedExpressionSyntax inner => EndsOf(inner.Expression),
        LiteralExpressionSyntax or ThrowExpressionSyntax => [],
        _ => [expression],
    };

    private ExpressionSyntax Questioned(ExpressionSyntax end)
    {
        var text = end.ToString();
        var questions = new List<(string Number, string Wrong)> { (Add(end, $"-({text})"), $"-({text})") };
        if (more)
        {
            foreach (var (part, wrong) in end.DescendantNodesAndSelf().SelectMany(Mistakes))
            {
                var whole = text[..(part.SpanStart - end.SpanStart)] + wrong + text[(part.Span.End - end.SpanStart)..];
                questions.Add((Add(end, whole), whole));
            }
        }
        // The last question stands outermost; each has the whole rule in its wrong form.
        var asked = questions.Aggregate(text, (right, question) => $"(Mutant.Is(\"{question.Number}\") ? ({question.Wrong}) : {right})");
        return SyntaxFactory.ParseExpression(asked).WithTriviaFrom(end);
    }

    private static IEnumerable<(SyntaxNode Part, string Wrong)> Mistakes(SyntaxNode part)
    {
        if (part is BinaryExpressionSyntax { Left: var a, Right: var b } binary && IsOfNodes(binary))
        {
            if (binary.IsKind(SyntaxKind.MultiplyExpression)) return [(part, $"({a})"), (part, $"({b})")];
            if (binary.IsKind(SyntaxKind.DivideExpression)) return [(part, $"({a})"), (part, $"({a} * ({b}))")];
            if (binary.IsKind(SyntaxKind.SubtractExpression)) return [(part, $"({a} + {b})"), (part, $"({b} - ({a}))")];
            if (binary.IsKind(SyntaxKind.AddExpression)) return [(part, $"({a} - ({b}))")];
        }
        if (part is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.Text: "Select",
            Expression: IdentifierNameSyntax { Identifier.Text: "Flow" } } call, ArgumentList.Arguments: [var condition, var yes, var no] })
            return [(part, $"{call}({condition}, {no}, {yes})")];
        if (part is MemberAccessExpressionSyntax { Name.Identifier.Text: var name and ("GreaterOrEqual" or "LessOrEqual" or "Greater"),
            Expression: var operand })
            return [(part, $"{operand}.{(name == "LessOrEqual" ? "Greater" : "Less")}")];
        return [];
    }

    // Arithmetic on indices and exponents is not a rule's arithmetic: it stands in brackets or beside whole numbers.
    private static bool IsOfNodes(BinaryExpressionSyntax binary) =>
        !binary.Ancestors().Any(node => node is BracketedArgumentListSyntax) && binary.Right is not LiteralExpressionSyntax
            && binary.ToString().IndexOf("Rank", StringComparison.Ordinal) < 0;

    private string Add(SyntaxNode end, string wrong)
    {
        var line = end.SyntaxTree.GetLineSpan(end.Span).StartLinePosition.Line + 1;
        mutants.Add(new(mutants.Count + 1, _op, $"{Path.GetFileName(file)}:{line}", end.ToString(), wrong));
        return mutants[^1].Number.ToString();
    }
}
